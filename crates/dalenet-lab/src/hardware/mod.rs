//! What a run has learnt on other hardware: files for other programs and back, simulated devices, costs.

mod agent_on_devices;
mod bench;
mod count;
mod devices;
mod export;
mod import;
mod robust;
mod robust_figure;
mod robust_series;
mod robustness;

pub use agent_on_devices::{AgentDeviceEvaluation, evaluate_agent_on_devices};
pub use count::{RunCount, count_run};
pub use devices::{DeviceEvaluation, Trial, evaluate_on_devices};
pub use export::export_run;
pub use import::import_run;
pub use robust::{RobustOptions, robustness};
pub use robust_series::Effect;
pub use robustness::{Robustness, RobustnessRow};
