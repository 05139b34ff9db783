//! What an executor comes to in one part of a test.

use super::Executor;
use crate::Part;

impl Executor {
    /// Its numbers of VUs and iterations in `part`, of those of the whole test. Rates and the VUs
    /// of a ramp stay as they are: their part is in the moments at which something happens.
    #[must_use]
    pub fn scaled(&self, part: &Part) -> Self {
        let mut scaled = self.clone();
        match &mut scaled {
            Self::SharedIterations(own) => {
                // Iterations go where VUs are.
                let work = part.of_work_by(own.vus);
                own.iterations = work.map_or(0, |work| work.scale(own.iterations));
                own.vus = part.scale(own.vus);
            }
            // Each VU of the whole test has its own.
            Self::PerVuIterations(own) => own.vus = part.scale(own.vus),
            Self::ConstantVus(own) => own.vus = part.scale(own.vus),
            Self::RampingVus(own) => own.part = part.clone(),
            Self::ConstantArrivalRate(own) => {
                own.pre_allocated_vus = part.scale(own.pre_allocated_vus);
                own.max_vus = part.scale(own.max_vus);
            }
            Self::RampingArrivalRate(own) => {
                own.pre_allocated_vus = part.scale(own.pre_allocated_vus);
                own.max_vus = part.scale(own.max_vus);
            }
            Self::ExternallyControlled(own) => {
                own.vus = part.scale(own.vus);
                own.max_vus = part.scale(own.max_vus);
            }
        }
        scaled
    }

    /// The part that `part` has of the iterations: where these are a number or a rate of the
    /// whole test, it is proportional to the VUs. Of an executor of the whole test. None where it
    /// has none.
    #[must_use]
    pub fn part_of_iterations(&self, part: &Part) -> Option<Part> {
        match self {
            Self::SharedIterations(own) => part.of_work_by(own.vus),
            Self::ConstantArrivalRate(own) => part.of_work_by(own.max_vus),
            Self::RampingArrivalRate(own) => part.of_work_by(own.max_vus),
            _ => Some(part.clone()),
        }
    }
}
