//! VUs that are made while scenarios run, because a scenario was scaled up or found none idle.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::state::RunState;
use crate::vu::{VuError, VuFactory};

/// The VU, or which one could not be made and why.
pub(crate) type Recruit<V> = Result<V, (u64, VuError)>;

/// Makes one VU more. An object, so that executors need not know the factory's type.
pub(crate) trait Recruits<V>: Send + Sync {
    fn recruit(&self) -> Pin<Box<dyn Future<Output = Recruit<V>> + Send + '_>>;
}

/// A factory, and the count of the VUs that came out of it.
pub(crate) struct Recruiter<F> {
    pub(crate) factory: Arc<F>,
    pub(crate) state: Arc<RunState>,
}

impl<F: VuFactory> Recruits<F::Vu> for Recruiter<F> {
    fn recruit(&self) -> Pin<Box<dyn Future<Output = Recruit<F::Vu>> + Send + '_>> {
        Box::pin(async {
            let id = self.state.last_vu.fetch_add(1, Ordering::Relaxed) + 1;
            let vu = self.factory.create(id).await.map_err(|error| (id, error))?;
            self.state.initialised_vus.fetch_add(1, Ordering::Relaxed);
            Ok(vu)
        })
    }
}
