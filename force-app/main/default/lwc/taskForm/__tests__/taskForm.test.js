import { createElement } from 'lwc';
import TaskForm from 'c/taskForm';
import suggestedTask from '@salesforce/apex/PortfolioController.suggestedTask';
import saveTask from '@salesforce/apex/PortfolioController.saveTask';
import logTasks from '@salesforce/apex/PortfolioController.logTasks';

jest.mock('@salesforce/apex/PortfolioController.suggestedTask', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/PortfolioController.saveTask', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/PortfolioController.logTasks', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.TaskForm_PlanOne', () => ({ default: 'Plan: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TaskForm_CallOne', () => ({ default: 'Call: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TaskForm_PlanMany', () => ({ default: 'Plan for {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TaskForm_Saved', () => ({ default: 'Saved: {0}' }), { virtual: true });

const MARIA = { profileId: 'a01000000000001AAA', donor: 'Maria Rivera' };
const KEN = { profileId: 'a01000000000002AAA', donor: 'Ken Ito' };
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-task-form', () => {
    let element;
    const told = [];
    const keep = (event) => told.push(event.detail?.title ?? event.type);
    const find = (selector) => element.shadowRoot.querySelector(selector);
    const field = (name) => find(`[data-field="${name}"]`);

    async function show(donors, isCall = false) {
        element = createElement('c-task-form', { is: TaskForm });
        Object.assign(element, { donors, isCall });
        told.length = 0;
        for (const name of ['done', 'cancel', 'lightning__showtoast']) {
            element.addEventListener(name, keep);
        }
        document.body.appendChild(element);
        await settled();
    }
    /** The stubs of lightning inputs have no validation of their own. */
    function enter(values, isValid = true) {
        for (const name of ['subject', 'note', 'due']) {
            field(name).value = name in values ? values[name] : field(name).value;
            field(name).reportValidity = () => isValid;
            field(name).focus = jest.fn();
        }
    }
    async function save() {
        find('c-form-buttons').dispatchEvent(new CustomEvent('save'));
        await settled();
    }

    beforeEach(() => suggestedTask.mockResolvedValue({ subject: 'Thank them', note: 'Thank by name.', due: '2026-03-16' }));

    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
        jest.useRealTimers();
    });

    it('fills in the suggested step and saves what the person made of it', async () => {
        await show([MARIA]);
        expect(suggestedTask).toHaveBeenCalledWith({ profileId: MARIA.profileId });
        expect(find('h3').textContent).toBe('Plan: Maria Rivera');
        expect(['subject', 'note', 'due'].map((name) => field(name).value)).toEqual([
            'Thank them',
            'Thank by name.',
            '2026-03-16'
        ]);
        expect(field('due').label).toBe('c.TaskForm_Due');
        await expect(element).toBeAccessible();
        enter({ subject: 'Visit', note: '' });
        saveTask.mockResolvedValue();
        await save();
        expect(saveTask).toHaveBeenCalledWith({
            profileId: MARIA.profileId,
            task: { subject: 'Visit', note: null, due: '2026-03-16', isCallMade: false }
        });
        expect(told).toEqual(['Saved: 1', 'done']);
    });

    it('keeps a call as made today', async () => {
        jest.useFakeTimers({ now: new Date('2026-03-02T20:00:00.000Z'), doNotFake: ['setTimeout'] });
        await show([MARIA], true);
        expect(find('h3').textContent).toBe('Call: Maria Rivera');
        expect(field('due').label).toBe('c.TaskForm_Made');
        expect(field('due').value).toBe('2026-03-02');
        enter({});
        saveTask.mockResolvedValue();
        await save();
        expect(saveTask.mock.calls[0][0].task.isCallMade).toBe(true);
    });

    it('saves nothing while something is missing, and leads to it', async () => {
        await show([MARIA]);
        enter({ subject: '' }, false);
        await save();
        expect(saveTask).not.toHaveBeenCalled();
        expect(field('subject').focus).toHaveBeenCalled();
    });

    it('plans a task for each of several donors', async () => {
        await show([MARIA, KEN]);
        expect(suggestedTask).not.toHaveBeenCalled();
        expect(find('h3').textContent).toBe('Plan for 2');
        expect(find('.many').textContent).toBe('c.TaskForm_Many');
        await expect(element).toBeAccessible();
        logTasks.mockResolvedValue(2);
        await save();
        expect(logTasks).toHaveBeenCalledWith({ profileIds: [MARIA.profileId, KEN.profileId] });
        expect(told).toEqual(['Saved: 2', 'done']);
    });

    it.each([
        ['the suggestion cannot be read', () => suggestedTask.mockRejectedValue({ body: { message: 'No access.' } })],
        ['saving is refused', () => saveTask.mockRejectedValue({ body: { message: 'No access.' } })]
    ])('stays open and says why when %s', async (_, fail) => {
        fail();
        await show([MARIA]);
        if (field('subject')) {
            enter({});
            await save();
        }
        expect(find('c-form-buttons').error.body.message).toBe('No access.');
        expect(told).toEqual([]);
    });

    it('can be left', async () => {
        await show([MARIA]);
        find('c-form-buttons').dispatchEvent(new CustomEvent('cancel'));
        expect(told).toEqual(['cancel']);
    });
});
