/** The set-up assistant's steps in words, in the order in which they are done. */
import { format } from 'c/messages';
import npsp from '@salesforce/label/c.SetupSteps_Npsp';
import npspDone from '@salesforce/label/c.SetupSteps_NpspDone';
import npspTodo from '@salesforce/label/c.SetupSteps_NpspTodo';
import people from '@salesforce/label/c.SetupSteps_People';
import peopleDone from '@salesforce/label/c.SetupSteps_PeopleDone';
import peopleTodo from '@salesforce/label/c.SetupSteps_PeopleTodo';
import integration from '@salesforce/label/c.SetupSteps_Integration';
import integrationDone from '@salesforce/label/c.SetupSteps_IntegrationDone';
import integrationTodo from '@salesforce/label/c.SetupSteps_IntegrationTodo';
import leastPrivilege from '@salesforce/label/c.SetupSteps_LeastPrivilege';
import leastPrivilegeDone from '@salesforce/label/c.SetupSteps_LeastPrivilegeDone';
import leastPrivilegeTodo from '@salesforce/label/c.SetupSteps_LeastPrivilegeTodo';
import leastPrivilegeNobody from '@salesforce/label/c.SetupSteps_LeastPrivilegeNobody';
import run from '@salesforce/label/c.SetupSteps_Run';
import runDone from '@salesforce/label/c.SetupSteps_RunDone';
import runTodo from '@salesforce/label/c.SetupSteps_RunTodo';
import page from '@salesforce/label/c.SetupSteps_Page';
import pageTodo from '@salesforce/label/c.SetupSteps_PageTodo';
import service from '@salesforce/label/c.SetupSteps_Service';
import serviceDone from '@salesforce/label/c.SetupSteps_ServiceDone';
import serviceTodo from '@salesforce/label/c.SetupSteps_ServiceTodo';
import handlers from '@salesforce/label/c.SetupSteps_Handlers';
import handlersDone from '@salesforce/label/c.SetupSteps_HandlersDone';
import handlersTodo from '@salesforce/label/c.SetupSteps_HandlersTodo';
import handlersAction from '@salesforce/label/c.SetupSteps_HandlersAction';
import rollout from '@salesforce/label/c.SetupSteps_Rollout';
import rolloutDone from '@salesforce/label/c.SetupSteps_RolloutDone';
import rolloutTodo from '@salesforce/label/c.SetupSteps_RolloutTodo';

/** `needed` steps are for every org, the others for real time; `nobody` is what to do where there was nobody to look at. */
const STEPS = [
    { key: 'npsp', needed: true, title: npsp, done: npspDone, todo: npspTodo },
    { key: 'people', needed: true, title: people, done: peopleDone, todo: peopleTodo },
    { key: 'integration', needed: true, title: integration, done: integrationDone, todo: integrationTodo },
    {
        key: 'leastPrivilege',
        needed: true,
        title: leastPrivilege,
        done: leastPrivilegeDone,
        todo: leastPrivilegeTodo,
        nobody: leastPrivilegeNobody
    },
    { key: 'run', needed: true, title: run, done: runDone, todo: runTodo },
    { key: 'rollout', needed: true, title: rollout, done: rolloutDone, todo: rolloutTodo },
    { key: 'service', needed: false, title: service, done: serviceDone, todo: serviceTodo },
    { key: 'handlers', needed: false, title: handlers, done: handlersDone, todo: handlersTodo, action: handlersAction }
];

/** Nothing in the org tells a component which pages it stands on. */
const PAGE = { key: 'page', title: page, tone: 'off', value: pageTodo };

/** Tiles for SetupController's steps, and one that only a person can check. */
export function tilesOf(found) {
    const byKey = new Map(found.map((one) => [one.key, one]));
    return [...STEPS.map((step) => tile(step, byKey.get(step.key))), PAGE];
}

export function progressOf(found) {
    return { done: found.filter((one) => one.done).length, all: found.length };
}

function tile({ key, needed, title, done, todo, nobody, action }, found) {
    if (found.done) {
        return { key, title, tone: 'good', value: format(done, found.found) };
    }
    const what = nobody && found.found === '0' ? nobody : todo;
    return { key, title, tone: needed ? 'bad' : 'watch', todo: format(what, found.found), action };
}
