// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! From joints to the world and back. After `brax/kinematics.py` and `brax/com.py`.

use super::{
    Motion, Quat, Real, State, Symmetric, Transform, Vec3,
    condition::choose,
    state::JointFrame,
    system::{Joint, Link, System},
};

/// Places the links by the joint positions and velocities of one environment: `state.q` and
/// `state.qd` give the rest. Resets use it in double precision.
pub(super) fn place_links(system: &System<f64>, state: &mut State<f64>) {
    for (i, link) in system.links.iter().enumerate() {
        let (joint, motion) = joint_from_positions(link, &state.q[link.q..], &state.qd[link.dof..]);
        // The joint turns the link about the joint's place, not about the link's origin.
        let pos = joint.pos + link.joint_position - link.joint_position.rotated(joint.rot);
        let in_parent = link.offset.then(Transform { pos, rot: joint.rot });
        (state.x[i], state.xd[i]) = match link.parent.index() {
            None => (in_parent, Motion { ang: motion.ang.rotated(in_parent.rot), vel: motion.vel }),
            Some(parent) => {
                let (p, pd) = (state.x[parent], state.xd[parent]);
                let x = p.then(in_parent);
                let vel = pd.vel_at(x.pos - p.pos) + motion.vel.rotated(p.rot);
                (x, Motion { ang: pd.ang + motion.ang.rotated(x.rot), vel })
            }
        };
    }
    for x in &mut state.x {
        x.rot = x.rot.normalised();
    }
    place_centres(system, state);
}

/// The links' centres of mass from their frames: the other way round than [`place_frames`] and
/// [`move_frames`].
pub(super) fn place_centres(system: &System<f64>, state: &mut State<f64>) {
    for (i, link) in system.links.iter().enumerate() {
        let (x, motion) = (state.x[i], state.xd[i]);
        state.x_i[i] = Transform { pos: x.apply(link.com), rot: x.rot };
        state.xd_i[i] = Motion { vel: motion.vel_at(state.x_i[i].pos - x.pos), ang: motion.ang };
    }
}

/// How a joint stands and moves at positions `q` and velocities `qd`.
fn joint_from_positions(link: &Link<f64>, q: &[f64], qd: &[f64]) -> (Transform<f64>, Motion<f64>) {
    let Some(joint) = &link.joint else {
        let place =
            Transform { pos: Vec3([q[0], q[1], q[2]]), rot: Quat([q[3], q[4], q[5], q[6]]) };
        let vel = Vec3([qd[0], qd[1], qd[2]]);
        return (place, Motion { vel, ang: Vec3([qd[3], qd[4], qd[5]]) });
    };
    let (mut place, mut motion) = (Transform::identity(), Motion::zero());
    for (i, axis) in joint.axes.iter().enumerate() {
        let (mut one, mut speed) = (Transform::identity(), Motion::zero());
        if axis.slides.holds(0) {
            one.pos = axis.direction * q[i];
            speed.vel = axis.direction * qd[i];
        } else {
            let (sin, cos) = (0.5 * q[i]).sin_cos();
            let [x, y, z] = (axis.direction * sin).0;
            one.rot = Quat([cos, x, y, z]).normalised();
            speed.ang = axis.direction * qd[i];
        }
        if i == 0 {
            (place, motion) = (one, speed);
        } else {
            place = place.then(one);
            motion.ang += speed.ang.rotated(one.rot);
            motion.vel += (speed.vel + one.pos.cross(speed.ang)).rotated(one.rot);
        }
    }
    (place, motion)
}

/// The joints as the links' places have them; `MOVING`: as their velocities have them too.
#[inline(always)]
pub(super) fn locate_joints<R: Real, const MOVING: bool>(
    system: &System<R>,
    x: &[Transform<R>],
    xd: &[Motion<R>],
    joints: &mut [JointFrame<R>],
) {
    for (i, (link, joint)) in system.links.iter().zip(joints).enumerate() {
        let world = Transform::identity();
        let parent = link.parent.value(x, world).unwrap_or(world);
        let anchor = link.anchor_on_parent;
        let on_parent = Transform {
            pos: parent.apply(anchor.pos),
            rot: choose!(link.anchor_on_parent_turned, parent.rot * anchor.rot, parent.rot),
        };
        let on_link = choose!(link.has_anchor_on_link, x[i].then(link.anchor_on_link), x[i]);
        joint.frame.pos = (on_link.pos - on_parent.pos).unrotated(on_parent.rot);
        joint.frame.rot = on_parent.rot.conjugate() * on_link.rot;
        if MOVING {
            let parent_motion = link.parent.value(xd, Motion::zero()).unwrap_or(Motion::zero());
            // From the anchor to the parent, where one expects from the parent to the anchor; so
            // is Brax's `world_to_joint`.
            let carried = parent_motion.vel_at(parent.pos - on_parent.pos);
            joint.motion.ang = (xd[i].ang - parent_motion.ang).unrotated(on_parent.rot);
            joint.motion.vel = (xd[i].vel - carried).unrotated(on_parent.rot);
        }
        joint.on_parent = on_parent;
        joint.on_link = on_link.pos;
    }
}

/// The directions by which the three angles of a joint are measured (x-y'-z'').
pub(super) struct Directions<R> {
    /// The frame of [`Joint`], as the link carries it; the third one times the parity.
    pub link: [Vec3<R>; 3],
    /// The line of nodes.
    pub nodes: Vec3<R>,
    /// The first direction, seen in the plane of the link's first two.
    pub projected: Vec3<R>,
    /// Cosine and sine of the second angle.
    pub tilt: (R, R),
}

impl<R: Real> Directions<R> {
    #[inline(always)]
    pub fn new(joint: &Joint<R>, rot: Quat<R>) -> Self {
        let [a, b, c] = joint.frame;
        let (a, [x, y, z]) = (a, [a.rotated(rot), b.rotated(rot), c.rotated(rot)]);
        let (nodes, _) = z.cross(a).normalised();
        let (projected, cos) = (x * a.dot(x)).add_scaled(y, a.dot(y)).normalised();
        Self { link: [x, y, z * joint.parity], nodes, projected, tilt: (cos, a.dot(z)) }
    }
}

impl<R: Real> Directions<R> {
    /// The first, second or third angle.
    #[inline(always)]
    fn angle(&self, joint: &Joint<R>, i: usize) -> R {
        match i {
            0 => angle(joint.frame[0], joint.frame[1], self.nodes),
            // Brax takes acos of the cosine: the same angle with fewer digits.
            1 => self.tilt.1.atan2(self.tilt.0),
            _ => angle(-self.link[2], self.link[1], self.nodes),
        }
    }
}

/// The angle from `from` to `to` about `axis`.
#[inline(always)]
fn angle<R: Real>(axis: Vec3<R>, from: Vec3<R>, to: Vec3<R>) -> R {
    from.cross(to).dot(axis).atan2(from.dot(to))
}

/// Joint positions and velocities from [`JointFrame`]s.
#[inline(always)]
pub(super) fn read_joints<R: Real>(
    system: &System<R>,
    joints: &[JointFrame<R>],
    q: &mut [R],
    qd: &mut [R],
) {
    for (link, at) in system.links.iter().zip(joints) {
        let (q, qd) = (&mut q[link.q..], &mut qd[link.dof..]);
        let Some(joint) = &link.joint else {
            q[..3].copy_from_slice(&at.frame.pos.0);
            q[3..7].copy_from_slice(&at.frame.rot.0);
            qd[..3].copy_from_slice(&at.motion.vel.0);
            qd[3..6].copy_from_slice(&at.motion.ang.unrotated(at.frame.rot).0);
            continue;
        };
        let ang = match link.parent.index() {
            None => at.motion.ang.unrotated(at.frame.rot),
            Some(_) => at.motion.ang,
        };
        let directions = Directions::new(joint, at.frame.rot);
        for (i, axis) in joint.axes.iter().enumerate() {
            let slid = (axis.direction.dot(at.frame.pos), axis.direction.dot(at.motion.vel));
            (q[i], qd[i]) = choose!(
                axis.turns,
                (directions.angle(joint, i), directions.link[i].dot(ang)),
                slid
            );
        }
    }
}

/// The links' frames from their centres of mass.
#[inline(always)]
pub(super) fn place_frames<R: Real>(system: &System<R>, state: &mut State<R>) {
    for (i, link) in system.links.iter().enumerate() {
        let com = state.x_i[i];
        state.x[i] = Transform { pos: com.pos - link.com.rotated(com.rot), rot: com.rot };
    }
}

/// How the links' frames move, from their centres of mass.
#[inline(always)]
pub(super) fn move_frames<R: Real>(state: &mut State<R>) {
    for (i, &com) in state.xd_i.iter().enumerate() {
        let offset = state.x[i].pos - state.x_i[i].pos;
        state.xd[i] = Motion { vel: com.vel_at(offset), ang: com.ang };
    }
}

/// The inverse inertia of a link turned by `rot`, in world axes.
#[inline(always)]
pub(super) fn inverse_inertia<R: Real>(link: &Link<R>, rot: Quat<R>) -> Symmetric<R> {
    Symmetric::from_columns((rot * link.com_rot).columns(), link.inv_inertia)
}
