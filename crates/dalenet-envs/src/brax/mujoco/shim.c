// What the Rust side needs of MuJoCo, as functions whose types no version of MuJoCo changes: its
// structs are laid out by the header that this file is compiled against. Declared in ffi.rs.

#include <mujoco/mujoco.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(mjtNum) == sizeof(double), "a MuJoCo of double precision is needed");

// MuJoCo reports what it cannot go on from to a handler that must not return, and ends the process
// if there is none. Ours jumps back into the function of this file that called MuJoCo.
static _Thread_local jmp_buf trap;
static _Thread_local char cause[1000];

static void on_error(const char* message) {
  snprintf(cause, sizeof cause, "%s", message);
  longjmp(trap, 1);
}

// Warnings would be printed and written to a file; `dalenet_mujoco_step` counts them instead.
static void on_warning(const char* message) { (void)message; }

// Once, before anything else.
void dalenet_mujoco_handle_errors(void) {
  mju_user_error = on_error;
  mju_user_warning = on_warning;
}

// Whether the library is the one that the structs were laid out for.
int dalenet_mujoco_fits(void) { return mj_version() == mjVERSION_HEADER; }

// Margins of two shapes add up in newer versions of MuJoCo and in `mjx`; in older ones the larger
// counts. Both come to the same where the floor has all of it, and only the floor is touched.
static void give_margins_to_floor(mjModel* m) {
  mjtNum largest = 0;
  for (int i = 0; i < m->ngeom; i++) {
    if (m->geom_bodyid[i] > 0) {
      largest = mju_max(largest, m->geom_margin[i]);
      m->geom_margin[i] = 0;
    }
  }
  for (int i = 0; i < m->ngeom; i++) {
    if (m->geom_bodyid[i] == 0) m->geom_margin[i] += largest;
  }
}

static mjModel* load(const char* xml, int length, mjVFS* files, char* error, int size) {
  const char* name = "model.xml";
  mj_defaultVFS(files);
#if mjVERSION_HEADER < 310
  if (mj_makeEmptyFileVFS(files, name, length) == 0) {
    memcpy(files->filedata[mj_findFileVFS(files, name)], xml, length);
  }
#else
  mj_addBufferVFS(files, name, xml, length);
#endif
  mjModel* model = mj_loadXML(name, files, error, size);
  mj_deleteVFS(files);
  if (model) give_margins_to_floor(model);
  return model;
}

// A model from its MJCF text; null, and the cause in `error`, if MuJoCo refuses it.
mjModel* dalenet_mujoco_load(const char* xml, int length, char* error, int size) {
  mjVFS* files = malloc(sizeof *files); // 2 MB in old versions
  mjModel* model = NULL;
  snprintf(error, size, "there is no memory left");
  if (files && setjmp(trap) == 0) {
    model = load(xml, length, files, error, size);
  } else if (files) {
    snprintf(error, size, "%s", cause);
  }
  free(files);
  return model;
}

// One iteration of Newton's method for contacts and limits.
void dalenet_mujoco_iterate_once(mjModel* m) {
  m->opt.solver = mjSOL_NEWTON;
  m->opt.iterations = 1;
}

// The same model without damping of the joints; null if there is no memory left.
mjModel* dalenet_mujoco_undamped(const mjModel* m) {
  if (setjmp(trap)) return NULL;
  mjModel* copy = mj_copyModel(NULL, m);
  if (copy) memset(copy->dof_damping, 0, sizeof(mjtNum) * copy->nv);
  return copy;
}

void dalenet_mujoco_free_model(mjModel* m) { mj_deleteModel(m); }

double dalenet_mujoco_time_step(const mjModel* m) { return m->opt.timestep; }

int dalenet_mujoco_bodies(const mjModel* m) { return m->nbody; }

// Mass and principal moments of inertia of a body: 4 numbers.
void dalenet_mujoco_inertia(const mjModel* m, int body, double* out) {
  out[0] = m->body_mass[body];
  memcpy(out + 1, m->body_inertia + 3 * body, 3 * sizeof *out);
}

// The state of a simulation; null if there is no memory left.
mjData* dalenet_mujoco_data(const mjModel* m) {
  if (setjmp(trap)) return NULL;
  return mj_makeData(m);
}

void dalenet_mujoco_free_data(mjData* d) { mj_deleteData(d); }

// One of the arrays of numbers, in the order of `Field` in ffi.rs, and its length.
double* dalenet_mujoco_field(const mjModel* m, mjData* d, int field, int* length) {
  switch (field) {
    case 0: *length = m->nq; return d->qpos;
    case 1: *length = m->nv; return d->qvel;
    case 2: *length = m->nu; return d->ctrl;
    case 3: *length = m->nv; return d->qacc_warmstart;
    case 4: *length = m->nv; return d->qfrc_actuator;
    case 5: *length = 3 * m->nbody; return d->xpos;
    case 6: *length = 4 * m->nbody; return d->xquat;
  }
  *length = 0;
  return NULL;
}

// Angular and linear velocity of a body's frame, in world axes: 6 numbers.
void dalenet_mujoco_velocity(const mjModel* m, const mjData* d, int body, double* out) {
  mj_objectVelocity(m, d, mjOBJ_XBODY, body, out, 0);
}

static int is_sound(const mjData* d) {
  return !d->warning[mjWARN_BADQPOS].number && !d->warning[mjWARN_BADQVEL].number
      && !d->warning[mjWARN_BADQACC].number;
}

// All that follows from positions, velocities and controls. Not 0 if the physics failed.
int dalenet_mujoco_forward(const mjModel* m, mjData* d) {
  memset(d->warning, 0, sizeof d->warning);
  if (setjmp(trap) == 0) {
    mj_forward(m, d);
    return !is_sound(d);
  }
  mj_resetData(m, d);
  return 1;
}

// So many physics steps. With `undamped`, velocities are integrated by it: MuJoCo's Euler method
// takes the damping of joints implicitly, unless there is none (from 2.3 the flag `eulerdamp`
// says so too). Not 0 if the physics failed.
int dalenet_mujoco_step(const mjModel* m, const mjModel* undamped, mjData* d, int steps) {
  memset(d->warning, 0, sizeof d->warning);
  if (setjmp(trap)) {
    mj_resetData(m, d);
    return 1;
  }
  for (int i = 0; i < steps; i++) {
    if (!undamped) {
      mj_step(m, d);
      continue;
    }
    mj_checkPos(m, d);
    mj_checkVel(m, d);
    mj_forward(m, d);
    mj_checkAcc(m, d);
    mj_Euler(undamped, d);
  }
  return !is_sound(d);
}
