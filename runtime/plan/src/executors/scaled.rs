//! What an executor comes to in one part of a test.

use super::ExecutorPlan;
use crate::types::Part;

impl ExecutorPlan {
    /// Its numbers of VUs and iterations in `part`. Rates, and the VUs of a ramp, stay those of
    /// the whole test: their part is in the moments at which something happens.
    pub(crate) fn scaled(&self, part: &Part) -> Self {
        let mut own = self.clone();
        match &mut own {
            Self::SharedIterations {
                vus, iterations, ..
            } => {
                // Iterations go where VUs are.
                let work = part.of_work_by(*vus);
                *iterations = work.map_or(0, |work| work.scale(*iterations));
                *vus = part.scale(*vus);
            }
            // Each VU of the whole test has its own.
            Self::PerVuIterations { vus, .. } | Self::ConstantVus { vus, .. } => {
                *vus = part.scale(*vus);
            }
            Self::RampingVus { .. } => {}
            Self::ConstantArrivalRate {
                pre_allocated_vus,
                max_vus,
                ..
            }
            | Self::RampingArrivalRate {
                pre_allocated_vus,
                max_vus,
                ..
            } => {
                *pre_allocated_vus = part.scale(*pre_allocated_vus);
                *max_vus = part.scale(*max_vus);
            }
            Self::ExternallyControlled { vus, max_vus, .. } => {
                *vus = part.scale(*vus);
                *max_vus = part.scale(*max_vus);
            }
        }
        own
    }

    /// The part that `part` has of the iterations: where these are a number or a rate of the
    /// whole test, it is proportional to the VUs. Of unscaled options. None where it has none.
    pub(crate) fn part_of_iterations(&self, part: &Part) -> Option<Part> {
        match self {
            Self::SharedIterations { vus, .. } => part.of_work_by(*vus),
            Self::ConstantArrivalRate { max_vus, .. }
            | Self::RampingArrivalRate { max_vus, .. } => part.of_work_by(*max_vus),
            _ => Some(part.clone()),
        }
    }
}
