//! The C library MuJoCo behind two safe types. All of this crate's calls of C are here; what they
//! call is `shim.c`, which is compiled against MuJoCo's header.

#![allow(unsafe_code)]

use crate::Error;
use std::{
    ffi::{CStr, c_char, c_int},
    ptr::NonNull,
    slice,
    sync::{Arc, Mutex, PoisonError},
};

/// MuJoCo's `mjModel`, which is only pointed to.
#[repr(C)]
struct RawModel([u8; 0]);

/// MuJoCo's `mjData`, which is only pointed to.
#[repr(C)]
struct RawData([u8; 0]);

unsafe extern "C" {
    fn dalenet_mujoco_handle_errors();
    fn dalenet_mujoco_fits() -> c_int;
    fn dalenet_mujoco_load(
        xml: *const c_char,
        length: c_int,
        error: *mut c_char,
        size: c_int,
    ) -> *mut RawModel;
    fn dalenet_mujoco_iterate_once(model: *mut RawModel);
    fn dalenet_mujoco_undamped(model: *const RawModel) -> *mut RawModel;
    fn dalenet_mujoco_free_model(model: *mut RawModel);
    fn dalenet_mujoco_time_step(model: *const RawModel) -> f64;
    fn dalenet_mujoco_bodies(model: *const RawModel) -> c_int;
    fn dalenet_mujoco_inertia(model: *const RawModel, body: c_int, out: *mut f64);
    fn dalenet_mujoco_data(model: *const RawModel) -> *mut RawData;
    fn dalenet_mujoco_free_data(data: *mut RawData);
    fn dalenet_mujoco_field(
        model: *const RawModel,
        data: *mut RawData,
        field: c_int,
        length: *mut c_int,
    ) -> *mut f64;
    fn dalenet_mujoco_velocity(
        model: *const RawModel,
        data: *const RawData,
        body: c_int,
        out: *mut f64,
    );
    fn dalenet_mujoco_forward(model: *const RawModel, data: *mut RawData) -> c_int;
    fn dalenet_mujoco_step(
        model: *const RawModel,
        undamped: *const RawModel,
        data: *mut RawData,
        steps: c_int,
    ) -> c_int;
}

/// A model of MuJoCo, and what Brax's backend `mjx` changes of it. Never written to once made.
pub(super) struct Mjcf {
    model: NonNull<RawModel>,
    /// The same without damping, if it is integrated so.
    undamped: Option<NonNull<RawModel>>,
}

// SAFETY: MuJoCo only reads models while it steps; several threads may do so.
unsafe impl Send for Mjcf {}
// SAFETY: as above.
unsafe impl Sync for Mjcf {}

/// An array of numbers of a [`Data`]. The order is that of `dalenet_mujoco_field`.
#[derive(Clone, Copy)]
pub(super) enum Field {
    /// Joint positions.
    Positions,
    /// Joint velocities.
    Velocities,
    /// What the motors are given.
    Controls,
    /// Joint accelerations that the solver begins with.
    WarmStart,
    /// What the motors do to each degree of freedom.
    MotorTorques,
    /// Places of the bodies' frames, 3 numbers each; the first body is the world.
    Places,
    /// Their rotations w, x, y, z.
    Rotations,
}

impl Mjcf {
    /// A model, in which nothing touches but the floor, from its text. With `once`, contacts and
    /// limits are solved by one iteration only and the damping of joints is integrated explicitly.
    ///
    /// # Errors
    /// If MuJoCo refuses it, or is of another version than its header was.
    pub fn new(xml: &str, once: bool) -> Result<Self, Error> {
        let model = load(xml)?;
        let mut mjcf = Self { model, undamped: None };
        if once {
            // SAFETY: the model is whole, and nobody else has it yet.
            let copy = unsafe {
                dalenet_mujoco_iterate_once(model.as_ptr());
                dalenet_mujoco_undamped(model.as_ptr())
            };
            mjcf.undamped = Some(NonNull::new(copy).ok_or_else(no_memory)?);
        }
        Ok(mjcf)
    }

    /// Seconds in a physics step.
    pub fn time_step(&self) -> f64 {
        // SAFETY: the model is whole as long as `self` is.
        unsafe { dalenet_mujoco_time_step(self.model.as_ptr()) }
    }

    /// Mass and principal moments of inertia of each body but the world.
    pub fn inertias(&self) -> impl Iterator<Item = (f64, [f64; 3])> + '_ {
        // SAFETY: the model is whole as long as `self` is.
        let bodies = unsafe { dalenet_mujoco_bodies(self.model.as_ptr()) };
        (1..bodies).map(|body| {
            let mut out = [0.0; 4];
            // SAFETY: there is such a body; 4 numbers are written.
            unsafe { dalenet_mujoco_inertia(self.model.as_ptr(), body, out.as_mut_ptr()) };
            let [mass, x, y, z] = out;
            (mass, [x, y, z])
        })
    }
}

/// A model from its text, compiled.
fn load(xml: &str) -> Result<NonNull<RawModel>, Error> {
    // MuJoCo's compiler puts its own handlers in the place of ours for a while: one at a time.
    static HANDLES_ERRORS: Mutex<bool> = Mutex::new(false);
    let mut handles_errors = HANDLES_ERRORS.lock().unwrap_or_else(PoisonError::into_inner);
    if !std::mem::replace(&mut *handles_errors, true) {
        // SAFETY: it sets two global pointers, before any other call, in one thread.
        unsafe { dalenet_mujoco_handle_errors() };
    }
    // SAFETY: it takes nothing and compares two numbers.
    if unsafe { dalenet_mujoco_fits() } == 0 {
        return Err(refused("the library is of another version than its header was"));
    }
    let mut error = [0; 1000];
    let (length, size) = (xml.len() as c_int, error.len() as c_int);
    // SAFETY: both buffers are as long as said. The text need not end with a zero.
    let raw = unsafe { dalenet_mujoco_load(xml.as_ptr().cast(), length, error.as_mut_ptr(), size) };
    NonNull::new(raw).ok_or_else(|| {
        // SAFETY: whoever wrote to `error` ended it with a zero.
        let cause = unsafe { CStr::from_ptr(error.as_ptr()) };
        refused(&cause.to_string_lossy())
    })
}

impl Drop for Mjcf {
    fn drop(&mut self) {
        for model in [Some(self.model), self.undamped].into_iter().flatten() {
            // SAFETY: it is this value's own, and freed nowhere else.
            unsafe { dalenet_mujoco_free_model(model.as_ptr()) };
        }
    }
}

/// Where MuJoCo computes: the state of one mechanism and all that follows from it.
pub(super) struct Data {
    mjcf: Arc<Mjcf>,
    raw: NonNull<RawData>,
}

// SAFETY: MuJoCo ties no data to a thread; `&mut self` keeps two from writing at once.
unsafe impl Send for Data {}
// SAFETY: functions that take `&self` only read, in MuJoCo too.
unsafe impl Sync for Data {}

impl Data {
    /// The model at its initial positions.
    ///
    /// # Errors
    /// If there is no memory left.
    pub fn new(mjcf: Arc<Mjcf>) -> Result<Self, Error> {
        // SAFETY: the model is whole.
        let raw = unsafe { dalenet_mujoco_data(mjcf.model.as_ptr()) };
        Ok(Self { raw: NonNull::new(raw).ok_or_else(no_memory)?, mjcf })
    }

    /// The numbers of an array.
    pub fn get(&self, field: Field) -> &[f64] {
        let (start, length) = self.field(field);
        // SAFETY: MuJoCo keeps so many numbers there as long as the data lives, and writes to
        // them only in functions that take `&mut self`.
        unsafe { slice::from_raw_parts(start, length) }
    }

    /// Changes an array; numbers beyond its length are left out.
    pub fn set(&mut self, field: Field, numbers: &[f64]) {
        let (start, length) = self.field(field);
        // SAFETY: as above, and nobody else reads them now.
        let array = unsafe { slice::from_raw_parts_mut(start, length) };
        array.iter_mut().zip(numbers).for_each(|(to, from)| *to = *from);
    }

    fn field(&self, field: Field) -> (*mut f64, usize) {
        let mut length = 0;
        let (model, data) = (self.mjcf.model.as_ptr(), self.raw.as_ptr());
        // SAFETY: model and data are whole and of each other; nothing is written but `length`.
        let start = unsafe { dalenet_mujoco_field(model, data, field as c_int, &mut length) };
        match length {
            0 => (NonNull::dangling().as_ptr(), 0),
            _ => (start, length as usize),
        }
    }

    /// Angular and linear velocity of a body's frame, in world axes.
    ///
    /// # Panics
    /// If there is no such body.
    pub fn velocity(&self, body: usize) -> [[f64; 3]; 2] {
        assert!(4 * body < self.get(Field::Rotations).len(), "no such body");
        let mut out = [[0.0; 3]; 2];
        let (model, data) = (self.mjcf.model.as_ptr(), self.raw.as_ptr());
        // SAFETY: model and data are whole and of each other, there is such a body; 6 numbers
        // are written.
        unsafe { dalenet_mujoco_velocity(model, data, body as c_int, out.as_mut_ptr().cast()) };
        out
    }

    /// Computes all that follows from positions, velocities and controls. Whether it went well.
    pub fn forward(&mut self) -> bool {
        // SAFETY: model and data are whole and of each other.
        unsafe { dalenet_mujoco_forward(self.mjcf.model.as_ptr(), self.raw.as_ptr()) == 0 }
    }

    /// So many physics steps. Whether they went well: if not, the state is that of the model's
    /// beginning, or soon after it.
    pub fn step(&mut self, steps: usize) -> bool {
        let (model, data) = (self.mjcf.model.as_ptr(), self.raw.as_ptr());
        let undamped = self.mjcf.undamped.map_or(std::ptr::null(), |m| m.as_ptr().cast_const());
        // SAFETY: model and data are whole and of each other; `undamped` is null or a model of
        // the same sizes.
        unsafe { dalenet_mujoco_step(model, undamped, data, steps as c_int) == 0 }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        // SAFETY: it is this value's own, and freed nowhere else.
        unsafe { dalenet_mujoco_free_data(self.raw.as_ptr()) };
    }
}

fn refused(cause: &str) -> Error {
    Error::MuJoCo { cause: cause.trim().replace('\n', " ") }
}

fn no_memory() -> Error {
    refused("there is no memory left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_is_none_is_refused() {
        for text in ["", "<mujoco><worldbody><body/></mujoco>", "<mujoco><body mass='x'/></mujoco>"]
        {
            let message = Mjcf::new(text, true).err().unwrap().to_string();
            assert!(message.starts_with("MuJoCo: ") && !message.contains('\n'), "{message}");
        }
    }
}
