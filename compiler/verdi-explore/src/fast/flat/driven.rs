//! The steps that packets drive.

use super::expand::{Ground, Here, Worker};
use super::steps::{Drive, NONE, Steps};
use std::sync::Arc;
use verdi_machine::{Firing, Firings, Parts};

impl<P: Parts> Ground<'_, P> {
    pub(super) fn take_packets(&self, worker: &mut Worker, here: Here<'_>, vars: u32) -> Result<(), ()> {
        let packets = &here.record[self.form.head()..];
        if worker.steps.known.is_large() {
            self.bring(&worker.steps, here, vars);
        }
        let mut before = NONE;
        for &packet in packets {
            if packet != before && !self.leaves(here, packet) {
                before = packet;
                self.take_first(worker, here, (vars, packet))?;
            }
        }
        Ok(())
    }

    /// Brings near what packets do.
    fn bring(&self, steps: &Steps, here: Here<'_>, vars: u32) {
        for &packet in &here.record[self.form.head()..] {
            let Some(driven) = steps.driven(vars, packet) else { continue };
            for drive in &steps.drives[driven.drives.0 as usize..driven.drives.1 as usize] {
                steps.known.bring(drive.firing, self.state_of(here, drive.target));
            }
        }
    }

    /// The state at which a firing happens.
    #[inline]
    fn state_of(&self, here: Here<'_>, target: u32) -> u32 {
        if target == NONE { 0 } else { here.record[self.form.node(target as usize)] }
    }

    /// The steps that packets in queues drive.
    pub(super) fn take_queues(&self, worker: &mut Worker, here: Here<'_>, vars: u32) -> Result<(), ()> {
        for pair in here.record[self.form.head()..].chunks_exact(2) {
            let content = self.queues.content(pair[0] as usize, pair[1]);
            for (at, &packet) in content.iter().enumerate() {
                if content[..at].contains(&packet) || self.leaves(here, packet) {
                    continue;
                }
                if at == 0 {
                    self.take_first(worker, here, (vars, packet))?;
                } else {
                    let firings = self.maker().behind(&mut worker.steps, vars, packet);
                    self.take_driven(worker, here, (vars, packet), &firings)?;
                }
            }
        }
        Ok(())
    }

    /// The steps of a packet that is the first of its queue, or in none.
    #[inline]
    fn take_first(&self, worker: &mut Worker, here: Here<'_>, (vars, packet): (u32, u32)) -> Result<(), ()> {
        let Some(driven) = worker.steps.driven(vars, packet) else {
            self.maker().driven(&mut worker.steps, vars, packet);
            return self.take_first(worker, here, (vars, packet));
        };
        let ((from, to), faults) = (driven.drives, driven.faults);
        for at in from..to {
            let Drive { firing, target } = worker.steps.drives[at as usize];
            let Some(taken) = worker.steps.known.get(firing, self.state_of(here, target)) else {
                return self.take_unknown(worker, here, (vars, packet), at - from);
            };
            let taken = *taken;
            if taken.simple && !here.look_only && !self.is_symmetric() {
                worker.common.enabled = true;
                worker.common.transitions += 1;
                self.put(worker, here, taken.at, here.print.wrapping_add(taken.print));
            } else {
                self.take(worker, here, taken.at)?;
            }
        }
        if faults {
            self.take_faults(worker, (vars, packet));
        }
        Ok(())
    }

    /// The rest of the steps of a packet, from one on that is not known.
    #[cold]
    fn take_unknown(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        (vars, packet): (u32, u32),
        from: u32,
    ) -> Result<(), ()> {
        let Some(driven) = worker.steps.driven(vars, packet) else { return Ok(()) };
        let firings = Arc::clone(&driven.firings);
        self.take_firings(worker, here, (vars, packet), &firings.firings[from as usize..])?;
        self.fault(worker, &firings);
        Ok(())
    }

    #[cold]
    fn take_faults(&self, worker: &mut Worker, (vars, packet): (u32, u32)) {
        if let Some(driven) = worker.steps.driven(vars, packet) {
            let firings = Arc::clone(&driven.firings);
            self.fault(worker, &firings);
        }
    }

    fn fault(&self, worker: &mut Worker, firings: &Firings) {
        for (rule, fault) in &firings.faults {
            worker.common.rule_fault(&self.shared.kinds, *rule, fault.clone());
        }
    }

    fn take_driven(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        driver: (u32, u32),
        firings: &Firings,
    ) -> Result<(), ()> {
        self.take_firings(worker, here, driver, &firings.firings)?;
        self.fault(worker, firings);
        Ok(())
    }

    fn take_firings(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        (vars, packet): (u32, u32),
        firings: &[Firing],
    ) -> Result<(), ()> {
        for firing in firings {
            let delta = self.delta_of(worker, here, (vars, packet), firing);
            self.take(worker, here, delta)?;
        }
        Ok(())
    }

    /// The step of a firing that a packet drives.
    pub(super) fn delta_of(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        (vars, packet): (u32, u32),
        firing: &Firing,
    ) -> u32 {
        let state = self.state_of(here, firing.target.unwrap_or(NONE));
        match worker.steps.known.get(firing.id, state) {
            Some(taken) => taken.at,
            None => self.maker().learn(&mut worker.steps, (vars, state, packet), firing),
        }
    }
}
