import run from '@salesforce/label/c.HealthTiles_Run';
import runNone from '@salesforce/label/c.HealthTiles_RunNone';
import runNoneTodo from '@salesforce/label/c.HealthTiles_RunNoneTodo';
import runCompleted from '@salesforce/label/c.HealthTiles_RunCompleted';
import runWithErrors from '@salesforce/label/c.HealthTiles_RunWithErrors';
import runRunning from '@salesforce/label/c.HealthTiles_RunRunning';
import runFailed from '@salesforce/label/c.HealthTiles_RunFailed';
import runTodo from '@salesforce/label/c.HealthTiles_RunTodo';
import sla from '@salesforce/label/c.HealthTiles_Sla';
import slaKept from '@salesforce/label/c.HealthTiles_SlaKept';
import slaMissed from '@salesforce/label/c.HealthTiles_SlaMissed';
import slaTodo from '@salesforce/label/c.HealthTiles_SlaTodo';
import coverage from '@salesforce/label/c.HealthTiles_Coverage';
import partOf from '@salesforce/label/c.HealthTiles_PartOf';
import coverageTodo from '@salesforce/label/c.HealthTiles_CoverageTodo';
import stale from '@salesforce/label/c.HealthTiles_Stale';
import staleTodo from '@salesforce/label/c.HealthTiles_StaleTodo';
import refused from '@salesforce/label/c.HealthTiles_Refused';
import refusedValue from '@salesforce/label/c.HealthTiles_RefusedValue';
import none from '@salesforce/label/c.HealthTiles_None';
import refusedTodo from '@salesforce/label/c.HealthTiles_RefusedTodo';
import unsent from '@salesforce/label/c.HealthTiles_Unsent';
import unsentValue from '@salesforce/label/c.HealthTiles_UnsentValue';
import unsentTodo from '@salesforce/label/c.HealthTiles_UnsentTodo';
import unsentAction from '@salesforce/label/c.HealthTiles_UnsentAction';
import drift from '@salesforce/label/c.HealthTiles_Drift';
import driftValue from '@salesforce/label/c.HealthTiles_DriftValue';
import driftFew from '@salesforce/label/c.HealthTiles_DriftFew';
import driftTodo from '@salesforce/label/c.HealthTiles_DriftTodo';
import api from '@salesforce/label/c.HealthTiles_Api';
import realTime from '@salesforce/label/c.HealthTiles_RealTime';
import realTimeTrying from '@salesforce/label/c.HealthTiles_RealTimeTrying';
import realTimeAnswers from '@salesforce/label/c.HealthTiles_RealTimeAnswers';
import realTimeOff from '@salesforce/label/c.HealthTiles_RealTimeOff';
import realTimeTodo from '@salesforce/label/c.HealthTiles_RealTimeTodo';
import rollout from '@salesforce/label/c.HealthTiles_Rollout';
import rolloutFull from '@salesforce/label/c.HealthTiles_RolloutFull';
import rolloutPilot from '@salesforce/label/c.HealthTiles_RolloutPilot';
import rolloutGuided from '@salesforce/label/c.HealthTiles_RolloutGuided';
import rolloutShadow from '@salesforce/label/c.HealthTiles_RolloutShadow';
import rolloutOff from '@salesforce/label/c.HealthTiles_RolloutOff';
import rolloutUnknown from '@salesforce/label/c.HealthTiles_RolloutUnknown';
import rolloutTodo from '@salesforce/label/c.HealthTiles_RolloutTodo';
import rolloutDiffers from '@salesforce/label/c.HealthTiles_RolloutDiffers';

/** Every text of the health panel's tiles. */
export const labels = {
    run,
    runNone,
    runNoneTodo,
    runCompleted,
    runWithErrors,
    runRunning,
    runFailed,
    runTodo,
    sla,
    slaKept,
    slaMissed,
    slaTodo,
    coverage,
    partOf,
    coverageTodo,
    stale,
    staleTodo,
    refused,
    refusedValue,
    none,
    refusedTodo,
    unsent,
    unsentValue,
    unsentTodo,
    unsentAction,
    drift,
    driftValue,
    driftFew,
    driftTodo,
    api,
    realTime,
    realTimeTrying,
    realTimeAnswers,
    realTimeOff,
    realTimeTodo,
    rollout,
    rolloutFull,
    rolloutPilot,
    rolloutGuided,
    rolloutShadow,
    rolloutOff,
    rolloutUnknown,
    rolloutTodo,
    rolloutDiffers
};
