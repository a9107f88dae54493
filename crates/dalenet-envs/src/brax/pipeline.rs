// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! One physics step by position-based dynamics in maximal coordinates: bodies move freely, then
//! joints and contacts push them back. After `brax/positional/pipeline.py` and
//! `brax/actuator.py`.

use super::{
    Real,
    contacts::{change_velocities, find_contacts, push_out},
    integrate::{accelerate, refresh_inertia, velocities_from_places},
    joints::{joint_forces, joint_pushes},
    kinematics::{locate_joints, move_frames, place_frames, read_joints},
    state::{Scratch, State},
    system::System,
};

/// `frames` physics steps under the torques `scratch.tau`. Compiled once for each kind of number and of
/// vector instructions.
#[inline(never)]
pub(super) fn physics_steps<R: Real>(
    system: &System<R>,
    state: &mut State<R>,
    scratch: &mut Scratch<R>,
    frames: usize,
) {
    R::vectorised(
        #[inline(always)]
        || {
            for _ in 0..frames {
                physics_step(system, state, scratch);
            }
        },
    );
}

/// Joint positions and velocities as the links stand and move.
#[inline(always)]
pub(super) fn measure_joints<R: Real>(
    system: &System<R>,
    state: &mut State<R>,
    scratch: &mut Scratch<R>,
) {
    locate_joints::<R, true>(system, &state.x, &state.xd, &mut scratch.joints);
    read_joints(system, &scratch.joints, &mut state.q, &mut state.qd);
}

/// What the motors do to each degree of freedom: `gear·clip(ctrl)`, in N or N·m.
#[inline(always)]
pub(super) fn joint_torques<R: Real>(system: &System<R>, ctrl: &[R], tau: &mut [R]) {
    tau.fill(R::zero());
    for (motor, &ctrl) in system.actuators.iter().zip(ctrl) {
        tau[motor.dof] += motor.gear * ctrl.clamp(motor.low, motor.high);
    }
}

#[inline(always)]
fn physics_step<R: Real>(system: &System<R>, state: &mut State<R>, scratch: &mut Scratch<R>) {
    // Forces, and free motion.
    locate_joints::<R, true>(system, &state.x, &state.xd, &mut scratch.joints);
    refresh_inertia(system, state, scratch);
    scratch.before.copy_from_slice(&state.x_i);
    let Scratch { joints, tau, wrenches, .. } = scratch;
    joint_forces(system, joints, &state.x_i, tau, wrenches);
    accelerate(system, state, scratch);

    // Joints pull the links together.
    place_frames(system, state);
    locate_joints::<R, false>(system, &state.x, &state.xd, &mut scratch.joints);
    refresh_inertia(system, state, scratch);
    let Scratch { joints, inv_inertia, pushes, .. } = scratch;
    joint_pushes(system, joints, &state.x_i, inv_inertia, pushes);
    for (com, push) in state.x_i.iter_mut().zip(pushes.iter()) {
        com.pos += push.pos;
        // Not brought back to length 1 before the contacts, nor at all where there are none.
        com.rot = com.rot + push.rot;
    }

    // The ground pushes them out, and what moved has that velocity.
    place_frames(system, state);
    find_contacts(system, state, scratch);
    if !system.probes.is_empty() {
        push_out(system, state, scratch);
    }
    velocities_from_places(system, state, scratch);
    place_frames(system, state);
    change_velocities(system, state, scratch);
    move_frames(state);
}
