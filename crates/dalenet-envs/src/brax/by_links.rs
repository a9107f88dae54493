//! One environment by itself: its links in the lanes of the vectors, where otherwise environments are.
//! To the same bits, since each lane goes through the same operations.

use super::{
    Real, State, Transform, Vec3,
    condition::Condition,
    parent::Parent,
    pipeline::physics_steps,
    state::{LINK, Scratch},
    system::{Angle, Axis, Joint, Link, Probe, Range, System},
    vector::Quat,
};

/// Numbers whose lanes are links.
#[cfg(target_arch = "x86_64")]
pub(super) type LinkLanes = super::lanes::Avx2;
#[cfg(not(target_arch = "x86_64"))]
pub(super) type LinkLanes = super::lanes::Plain;

/// Most axes of a joint.
const AXES: usize = 3;

/// The physics of one environment. Link i is in lane `i % LANES` of number `i / LANES`; lanes that are
/// left over have a copy of another link, which hangs on nothing.
pub(super) struct ByLinks<L> {
    system: System<L>,
    /// Where the degrees of freedom of each link begin, and how many there are.
    dofs: Vec<(usize, usize)>,
    state: State<L>,
    scratch: Scratch<L>,
    /// The state of each link before the step.
    numbers: Vec<[f64; LINK]>,
}

impl<L: Real> ByLinks<L> {
    /// The physics of a system whose lanes, if there are several, are alike.
    pub fn new<R: Real>(one: &System<R>) -> Self {
        let system = System::by_links(one);
        let dofs = |link: &Link<R>| (link.dof, link.joint.as_ref().map_or(0, |j| j.axes.len()));
        let numbers = system.links.len();
        Self {
            dofs: one.links.iter().map(dofs).collect(),
            numbers: vec![[0.0; LINK]; one.links.len()],
            state: State::new(0, 0, numbers),
            scratch: Scratch::new(AXES * numbers, numbers, 2 * system.probes.len()),
            system,
        }
    }

    /// `frames` physics steps of lane 0 under the torques `tau`, one a degree of freedom.
    pub fn advance<R: Real>(&mut self, state: &mut State<R>, tau: &[R], frames: usize) {
        self.load(state, tau);
        physics_steps(&self.system, &mut self.state, &mut self.scratch, frames);
        for i in 0..self.dofs.len() {
            let mut numbers = [R::zero(); LINK];
            for (number, x) in numbers.iter_mut().zip(self.state.link(i / L::LANES)) {
                *number = R::splat(x.lane(i % L::LANES));
            }
            state.set_link(i, numbers);
        }
    }

    fn load<R: Real>(&mut self, state: &State<R>, tau: &[R]) {
        let links = self.dofs.len();
        for (i, numbers) in self.numbers.iter_mut().enumerate() {
            for (number, x) in numbers.iter_mut().zip(state.link(i)) {
                *number = x.lane(0);
            }
        }
        for (block, first) in (0..links).step_by(L::LANES).enumerate() {
            let of_lane = |lane: usize| if first + lane < links { first + lane } else { first };
            let mut numbers = [L::zero(); LINK];
            for (i, number) in numbers.iter_mut().enumerate() {
                *number = L::from_lanes(|lane| self.numbers[of_lane(lane)][i]);
            }
            self.state.set_link(block, numbers);
            for axis in 0..AXES {
                let torque = |lane: usize| match self.dofs[of_lane(lane)] {
                    (dof, axes) if axis < axes => tau[dof + axis].lane(0),
                    _ => 0.0,
                };
                self.scratch.tau[AXES * block + axis] = L::from_lanes(torque);
            }
        }
    }
}

/// The same constant of several links, joints, …: one a lane.
struct Lanes<'a, T>(Vec<&'a T>);

impl<'a, T> Lanes<'a, T> {
    /// `of(lane)`, or `none` where that is nothing.
    fn new<L: Real>(of: impl Fn(usize) -> Option<&'a T>, none: &'a T) -> Self {
        Self((0..L::LANES).map(|lane| of(lane).unwrap_or(none)).collect())
    }

    fn part<U>(&self, of: impl Fn(&'a T) -> &'a U) -> Lanes<'a, U> {
        Lanes(self.0.iter().map(|x| of(x)).collect())
    }

    fn number<R: Real, L: Real>(&self, of: impl Fn(&T) -> R) -> L {
        L::from_lanes(|lane| of(self.0[lane]).lane(0))
    }

    fn vec3<R: Real, L: Real>(&self, of: impl Fn(&T) -> Vec3<R>) -> Vec3<L> {
        Vec3([0, 1, 2].map(|i| self.number(|x| of(x).0[i])))
    }

    fn quat<R: Real, L: Real>(&self, of: impl Fn(&T) -> Quat<R>) -> Quat<L> {
        Quat([0, 1, 2, 3].map(|i| self.number(|x| of(x).0[i])))
    }

    fn transform<R: Real, L: Real>(&self, of: impl Fn(&T) -> Transform<R>) -> Transform<L> {
        Transform { pos: self.vec3(|x| of(x).pos), rot: self.quat(|x| of(x).rot) }
    }

    fn condition<R: Real + 'a, L: Real>(
        &self,
        of: impl Fn(&'a T) -> &'a Condition<R>,
    ) -> Condition<L> {
        Condition::by_lane(|lane| of(self.0[lane]).holds(0))
    }
}

impl<L: Real> System<L> {
    /// The constants of `one` with links in lanes.
    fn by_links<R: Real>(one: &System<R>) -> Self {
        let all = |x: R| L::splat(x.lane(0));
        let parents: Vec<_> = one.links.iter().map(|link| link.parent.index()).collect();
        let firsts = || (0..one.links.len()).step_by(L::LANES);
        let link = |(block, first)| link(&one.links, first, &parents, AXES * block);
        let probes = |(block, first)| probes(&one.probes, block, first);
        Self {
            time_step: all(one.time_step),
            gravity: Vec3(one.gravity.0.map(all)),
            vel_decay: all(one.vel_decay),
            ang_decay: all(one.ang_decay),
            joint_scale_pos: all(one.joint_scale_pos),
            joint_scale_ang: all(one.joint_scale_ang),
            collide_scale: all(one.collide_scale),
            actuators: Vec::new(),
            links: firsts().enumerate().map(link).collect(),
            inv_total_mass: all(one.inv_total_mass),
            probes: firsts().enumerate().flat_map(probes).collect(),
        }
    }
}

/// The links from `first` on; their torques begin at `dof`.
fn link<R: Real, L: Real>(
    links: &[Link<R>],
    first: usize,
    parents: &[Option<usize>],
    dof: usize,
) -> Link<L> {
    let all = Lanes::new::<L>(|lane| links.get(first + lane), &links[first]);
    let free = Joint::free();
    let joints = Lanes(all.0.iter().map(|link| link.joint.as_ref().unwrap_or(&free)).collect());
    let is_free = all.0.iter().all(|link| link.joint.is_none());
    Link {
        parent: Parent::of_lanes(first, parents),
        parent_inv_mass: all.number(|link| link.parent_inv_mass),
        anchor_on_parent: all.transform(|link| link.anchor_on_parent),
        anchor_on_parent_turned: all.condition(|link| &link.anchor_on_parent_turned),
        anchor_on_link: all.transform(|link| link.anchor_on_link),
        has_anchor_on_link: all.condition(|link| &link.has_anchor_on_link),
        offset: all.transform(|link| link.offset),
        joint_position: all.vec3(|link| link.joint_position),
        com: all.vec3(|link| link.com),
        com_rot: all.quat(|link| link.com_rot),
        mass: all.number(|link| link.mass),
        inv_mass: all.number(|link| link.inv_mass),
        inertia: all.vec3(|link| link.inertia),
        inv_inertia: all.vec3(|link| link.inv_inertia),
        ang_damping: all.number(|link| link.ang_damping),
        vel_damping: all.number(|link| link.vel_damping),
        joint: (!is_free).then(|| joint(&joints)),
        q: 0,
        dof,
    }
}

fn joint<R: Real, L: Real>(joints: &Lanes<'_, Joint<R>>) -> Joint<L> {
    let none = Axis::none();
    let axes = joints.0.iter().map(|joint| joint.axes.len()).max().unwrap_or(0);
    let axis = |i: usize| axis(&Lanes::new::<L>(|lane| joints.0[lane].axes.get(i), &none));
    Joint {
        exists: joints.condition(|joint| &joint.exists),
        frame: [0, 1, 2].map(|i| joints.vec3(|joint| joint.frame[i])),
        parity: joints.number(|joint| joint.parity),
        fixed: joints.vec3(|joint| joint.fixed),
        axes: (0..axes).map(axis).collect(),
        angles: [0, 1, 2].map(|i| range(&joints.part(|joint| &joint.angles[i]))),
    }
}

fn axis<R: Real, L: Real>(axes: &Lanes<'_, Axis<R>>) -> Axis<L> {
    Axis {
        slides: axes.condition(|axis| &axis.slides),
        turns: axes.condition(|axis| &axis.turns),
        direction: axes.vec3(|axis| axis.direction),
        low: axes.number(|axis| axis.low),
        high: axes.number(|axis| axis.high),
    }
}

fn range<R: Real, L: Real>(ranges: &Lanes<'_, Range<R>>) -> Range<L> {
    Range {
        moves: ranges.condition(|range| &range.moves),
        limited: ranges.condition(|range| &range.limited),
        low: angle(&ranges.part(|range| &range.low)),
        high: angle(&ranges.part(|range| &range.high)),
    }
}

fn angle<R: Real, L: Real>(angles: &Lanes<'_, Angle<R>>) -> Angle<L> {
    Angle {
        cos: angles.number(|angle| angle.cos),
        sin: angles.number(|angle| angle.sin),
        negative: angles.condition(|angle| &angle.negative),
    }
}

/// What can touch the ground of the links from `first` on: the first probe of each, then the second …
fn probes<R: Real, L: Real>(all: &[Probe<R>], block: usize, first: usize) -> Vec<Probe<L>> {
    let of_link = |link: usize| all.iter().filter(move |probe| probe.link == link);
    let most = (first..first + L::LANES).map(|link| of_link(link).count()).max().unwrap_or(0);
    let none = Probe::none();
    let nth = |n: usize| {
        let probes = Lanes::new::<L>(|lane| of_link(first + lane).nth(n), &none);
        Probe {
            link: block,
            centre: probes.vec3(|probe| probe.centre),
            capsule: probes.condition(|probe| &probe.capsule),
            rotation: probes.quat(|probe| probe.rotation),
            half_length: probes.number(|probe| probe.half_length),
            radius: probes.number(|probe| probe.radius),
            friction: probes.number(|probe| probe.friction),
        }
    };
    (0..most).map(nth).collect()
}

#[cfg(test)]
mod tests;
