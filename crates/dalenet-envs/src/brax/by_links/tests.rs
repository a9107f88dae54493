//! Oracle: link by link, as where lanes are environments.

use super::*;
use crate::brax::{Task, kinematics::place_links, lanes::Plain};
use dalenet::Generator;

/// A thousand physics steps under random torques, until and beyond every fall.
fn links_in_lanes_give_the_same_bits<R: Real, L: Real>(task: Task) {
    let model = task.model();
    let (system, exact) = (System::<R>::new(&model), System::<f64>::new(&model));
    let (links, mut generator) = (model.links.len(), Generator::new(5, 0));
    let dofs: usize =
        system.links.iter().map(|l| l.joint.as_ref().map_or(6, |j| j.axes.len())).sum();

    let mut begin = State::<f64>::new(model.init_q.len(), dofs, links);
    begin.q.copy_from_slice(&model.init_q);
    task.start(&mut begin.q, &mut begin.qd, &mut generator);
    place_links(&exact, &mut begin);
    let mut one = State::<R>::new(model.init_q.len(), dofs, links);
    one.set_lane(0, begin.lane(0));
    let mut other = one.clone();

    let mut scratch = Scratch::new(dofs, links, 2 * system.probes.len());
    let mut by_links = ByLinks::<L>::new(&system);
    for step in 0..1000 / model.frames {
        for tau in &mut scratch.tau {
            *tau = R::splat(40.0 * f64::from(generator.normal()));
        }
        physics_steps(&system, &mut one, &mut scratch, model.frames);
        by_links.advance(&mut other, &scratch.tau, model.frames);
        for (i, (a, b)) in one.lane(0).zip(other.lane(0)).enumerate() {
            assert!(a.is_finite());
            assert_eq!(a.to_bits(), b.to_bits(), "{task:?}: number {i} in step {step}: {a} {b}");
        }
    }
}

#[test]
fn all_tasks_and_numbers() {
    for task in Task::ALL {
        links_in_lanes_give_the_same_bits::<f64, f64>(task);
        links_in_lanes_give_the_same_bits::<Plain, Plain>(task);
        #[cfg(target_arch = "x86_64")]
        {
            use crate::brax::{
                lanes::{Avx2, Avx512},
                scalar::Scalar,
            };
            if Avx2::available() {
                links_in_lanes_give_the_same_bits::<Avx2, Avx2>(task);
                links_in_lanes_give_the_same_bits::<Scalar, Avx2>(task);
            }
            if Avx512::available() {
                links_in_lanes_give_the_same_bits::<Scalar, Avx512>(task);
            }
        }
    }
}
