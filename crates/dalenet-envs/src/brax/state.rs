//! Where the links of one mechanism are and how they move, in every lane.

use super::{Motion, Quat, Real, Symmetric, Transform, Vec3};

/// How many numbers the state of a link is.
pub(super) const LINK: usize = 26;

/// The state of one mechanism in every lane: all that a step needs to know.
#[derive(Clone, Debug)]
pub struct State<R> {
    /// Positions of the joints; a free one has seven (place, quaternion).
    pub q: Vec<R>,
    /// Velocities of the joints; a free one has six (linear in the world, angular in the body).
    pub qd: Vec<R>,
    /// The links' frames in the world.
    pub x: Vec<Transform<R>>,
    /// How those move.
    pub xd: Vec<Motion<R>>,
    /// The links' centres of mass in the world.
    pub x_i: Vec<Transform<R>>,
    /// How those move.
    pub xd_i: Vec<Motion<R>>,
}

impl<R: Real> State<R> {
    pub(super) fn new(positions: usize, velocities: usize, links: usize) -> Self {
        Self {
            q: vec![R::zero(); positions],
            qd: vec![R::zero(); velocities],
            x: vec![Transform::identity(); links],
            xd: vec![Motion::zero(); links],
            x_i: vec![Transform::identity(); links],
            xd_i: vec![Motion::zero(); links],
        }
    }

    /// The numbers of one link: x, x_i, xd, xd_i.
    pub(super) fn link(&self, i: usize) -> [R; LINK] {
        let mut numbers = [R::zero(); LINK];
        for (to, x) in numbers.chunks_exact_mut(7).zip([self.x[i], self.x_i[i]]) {
            to[..3].copy_from_slice(&x.pos.0);
            to[3..].copy_from_slice(&x.rot.0);
        }
        for (to, xd) in numbers[14..].chunks_exact_mut(6).zip([self.xd[i], self.xd_i[i]]) {
            to[..3].copy_from_slice(&xd.ang.0);
            to[3..].copy_from_slice(&xd.vel.0);
        }
        numbers
    }

    /// Sets one link to numbers in the order of [`Self::link`].
    pub(super) fn set_link(&mut self, i: usize, numbers: [R; LINK]) {
        for (x, from) in [&mut self.x[i], &mut self.x_i[i]].into_iter().zip(numbers.chunks(7)) {
            x.pos.0.copy_from_slice(&from[..3]);
            x.rot.0.copy_from_slice(&from[3..]);
        }
        let motions = [&mut self.xd[i], &mut self.xd_i[i]];
        for (xd, from) in motions.into_iter().zip(numbers[14..].chunks(6)) {
            xd.ang.0.copy_from_slice(&from[..3]);
            xd.vel.0.copy_from_slice(&from[3..]);
        }
    }

    /// How many numbers a lane is.
    pub(super) fn lane_len(&self) -> usize {
        self.q.len() + self.qd.len() + LINK * self.x.len()
    }

    /// The numbers of one lane, in a fixed order.
    pub(super) fn lane(&self, lane: usize) -> impl Iterator<Item = f64> + '_ {
        let joints = self.q.iter().chain(&self.qd);
        let places = self.x.iter().chain(&self.x_i).flat_map(|t| t.pos.0.iter().chain(&t.rot.0));
        let speeds = self.xd.iter().chain(&self.xd_i).flat_map(|m| m.ang.0.iter().chain(&m.vel.0));
        joints.chain(places).chain(speeds).map(move |x| x.lane(lane))
    }

    /// Sets one lane to numbers in the order of [`Self::lane`].
    pub(super) fn set_lane(&mut self, lane: usize, numbers: impl Iterator<Item = f64>) {
        let joints = self.q.iter_mut().chain(&mut self.qd);
        let transforms = self.x.iter_mut().chain(&mut self.x_i);
        let places = transforms.flat_map(|t| t.pos.0.iter_mut().chain(&mut t.rot.0));
        let motions = self.xd.iter_mut().chain(&mut self.xd_i);
        let speeds = motions.flat_map(|m| m.ang.0.iter_mut().chain(&mut m.vel.0));
        for (x, number) in joints.chain(places).chain(speeds).zip(numbers) {
            x.set_lane(lane, number);
        }
    }
}

/// What a physics step writes on its way; kept, so that a step allocates nothing.
pub(super) struct Scratch<R> {
    pub joints: Vec<JointFrame<R>>,
    /// Inverse inertia about the centre of mass, world axes.
    pub inv_inertia: Vec<Symmetric<R>>,
    pub before: Vec<Transform<R>>,
    pub velocity_before: Vec<Motion<R>>,
    pub tau: Vec<R>,
    pub wrenches: Vec<Wrench<R>>,
    pub pushes: Vec<Push<R>>,
    pub contacts: Vec<Contact<R>>,
    /// How many contacts each link has.
    pub touches: Vec<R>,
    /// Whether that is more than none in any lane.
    pub touched: Vec<bool>,
}

/// A joint, seen in the world and from the parent.
#[derive(Clone, Copy)]
pub(super) struct JointFrame<R> {
    /// The link's side of the joint in the frame of the parent's side.
    pub frame: Transform<R>,
    /// How it moves in it.
    pub motion: Motion<R>,
    /// The parent's side in the world.
    pub on_parent: Transform<R>,
    /// The place of the link's side in the world.
    pub on_link: Vec3<R>,
}

/// Torque and force on a link's centre of mass.
#[derive(Clone, Copy)]
pub(super) struct Wrench<R> {
    pub torque: Vec3<R>,
    pub force: Vec3<R>,
}

/// A correction of a link's place, and of its quaternion (to be added).
#[derive(Clone, Copy)]
pub(super) struct Push<R> {
    pub pos: Vec3<R>,
    pub rot: Quat<R>,
}

/// A link near the ground.
#[derive(Clone, Copy)]
pub(super) struct Contact<R> {
    pub link: usize,
    pub pos: Vec3<R>,
    /// Height above the ground; negative where the two overlap.
    pub distance: R,
    pub friction: R,
    /// What pushed them apart, in kg·m; 0 where they do not touch.
    pub normal: R,
}

impl<R: Real> Scratch<R> {
    pub(super) fn new(velocities: usize, links: usize, contacts: usize) -> Self {
        let wrench = Wrench { torque: Vec3::zero(), force: Vec3::zero() };
        let joint = JointFrame {
            frame: Transform::identity(),
            motion: Motion::zero(),
            on_parent: Transform::identity(),
            on_link: Vec3::zero(),
        };
        Self {
            joints: vec![joint; links],
            inv_inertia: vec![Symmetric::zero(); links],
            before: vec![Transform::identity(); links],
            velocity_before: vec![Motion::zero(); links],
            tau: vec![R::zero(); velocities],
            wrenches: vec![wrench; links],
            pushes: vec![Push { pos: Vec3::zero(), rot: Quat::zero() }; links],
            contacts: Vec::with_capacity(contacts),
            touches: vec![R::zero(); links],
            touched: vec![false; links],
        }
    }
}
