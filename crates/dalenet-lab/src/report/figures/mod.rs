//! The figures of a report, a file each.

mod achievements;
mod agent_layers;
mod balance;
mod confusion;
mod filters;
mod learning;
mod ppo;
mod profiles;
mod returns;
mod scores;
mod settings;
mod teaching;
mod weights;

pub(crate) use profiles::profiles;
pub(crate) use returns::{returns, returns_figure};
pub(crate) use settings::{Axis, Dot, SettingPanel, settings_figure};

use super::{figure::Figure, left_out::LeftOut, study::Study};
use crate::{AgentAnalysis, Error, agent_analysis, trained};
use dalenet_train::Trainer;

/// Classes that a figure of classes has room for.
const CLASSES: usize = 20;

/// Every figure that these runs have the numbers for, and the runs whose weights cannot be drawn.
pub fn all(study: &Study) -> Result<(Vec<Figure>, Vec<LeftOut>), Error> {
    let mut figures: Vec<Figure> = [
        ppo::learning_curve,
        scores::returns,
        learning::learning,
        learning::loss,
        scores::accuracy,
        teaching::attenuation,
        teaching::alignment,
        balance::balance,
    ]
    .into_iter()
    .filter_map(|draw| draw(study).transpose())
    .collect::<Result<_, _>>()?;
    for (number, aggregation) in (1..).zip(study.aggregations()) {
        let (name, svg) = (format!("profiles-{number}"), profiles::profiles(&aggregation)?);
        let caption = format!("{} {}", profiles::CAPTION, aggregation.scale.explained());
        figures.push(Figure { name, caption, svg });
    }
    figures.extend(ppo::updates(study)?);
    figures.extend(achievements::achievements(study)?);
    let mut undrawn = Vec::new();
    figures.extend(of_agents(study, &mut undrawn)?);
    figures.extend(of_classifiers(study, &mut undrawn)?);
    Ok((figures, undrawn))
}

/// Weights, filters and confused classes of each configuration.
fn of_classifiers(study: &Study, undrawn: &mut Vec<LeftOut>) -> Result<Vec<Figure>, Error> {
    let mut figures = Vec::new();
    for (number, group) in (1..).zip(&study.groups).filter(|(_, group)| !group.is_agent()) {
        if let Some(trained) = group.trained(undrawn) {
            figures.push(weights::weights(&number.to_string(), &group.label, &trained.network)?);
            figures.extend(filters::filters(number, group, &trained, CLASSES)?);
        }
        if let Some(confusion) = group.confusion().filter(|rows| rows.len() <= CLASSES) {
            figures.push(confusion::confusions(number, group, &confusion)?);
        }
    }
    Ok(figures)
}

/// Teaching signals and weights of actors and critics.
fn of_agents(study: &Study, undrawn: &mut Vec<LeftOut>) -> Result<Vec<Figure>, Error> {
    let (mut figures, mut weights) = (Vec::new(), Vec::new());
    for (number, (task, groups)) in (1..).zip(ppo::agents(study)) {
        let mut analyses: Vec<(usize, _, AgentAnalysis)> = Vec::new();
        for (i, group) in groups {
            let load = |run: &_| {
                let training = trained::agent_training(Default::default(), run)?;
                let networks = training.networks().into_iter();
                let networks: Vec<_> = networks.map(|(name, net)| (name, net.clone())).collect();
                Ok((networks, agent_analysis::of_training(run, &group.config, training)?))
            };
            let Some((networks, analysis)) = group.first(undrawn, load) else { continue };
            for (name, network) in &networks {
                let name = name.trim_end_matches('/');
                let label = format!("{}, {name}", group.label);
                weights.push(weights::weights(&format!("{}-{name}", i + 1), &label, network)?);
            }
            analyses.push((i, group, analysis));
        }
        if !analyses.is_empty() {
            figures.push(agent_layers::layers(study, number, task, &analyses)?);
        }
    }
    figures.append(&mut weights);
    Ok(figures)
}
