import { progressOf, tilesOf } from 'c/setupSteps';

jest.mock('@salesforce/label/c.SetupSteps_PeopleDone', () => ({ default: '{0} people' }), { virtual: true });
jest.mock('@salesforce/label/c.SetupSteps_ServiceTodo', () => ({ default: '{0} Enter the address.' }), { virtual: true });

const KEYS = ['service', 'npsp', 'people', 'integration', 'leastPrivilege', 'run', 'handlers', 'rollout'];

function found(done, more = {}) {
    return KEYS.map((key) => ({ key, done, found: more[key] }));
}

describe('c/setupSteps', () => {
    it('shows every step that stands, and the one that only a person can check', () => {
        const tiles = tilesOf(found(true, { people: '3' }));
        expect(tiles.map((one) => one.key)).toEqual([
            'npsp', 'people', 'integration', 'leastPrivilege', 'run', 'rollout', 'service', 'handlers', 'page'
        ]);
        expect(tiles.map((one) => one.tone)).toEqual([...Array(8).fill('good'), 'off']);
        expect(tiles[1].value).toBe('3 people');
        expect(tiles.filter((one) => one.todo || one.action)).toEqual([]);
    });

    it('says what to do where a step does not stand, and what real time alone needs', () => {
        const tiles = new Map(tilesOf(found(false, { service: 'It is busy.' })).map((one) => [one.key, one]));
        expect(tiles.get('run')).toMatchObject({ tone: 'bad', todo: 'c.SetupSteps_RunTodo' });
        expect(tiles.get('service')).toMatchObject({ tone: 'watch', todo: 'It is busy. Enter the address.' });
        expect(tiles.get('handlers')).toMatchObject({ tone: 'watch', action: 'c.SetupSteps_HandlersAction' });
        expect([...tiles.values()].filter((one) => one.action)).toHaveLength(1);
    });

    it('does not blame a user who is not there yet', () => {
        const todo = (count) => tilesOf(found(false, { leastPrivilege: count })).find(({ key }) => key === 'leastPrivilege').todo;
        expect(todo('0')).toBe('c.SetupSteps_LeastPrivilegeNobody');
        expect(todo('2')).toBe('c.SetupSteps_LeastPrivilegeTodo');
    });

    it('counts the steps that stand', () => {
        expect(progressOf([...found(true).slice(0, 3), ...found(false).slice(3)])).toEqual({ done: 3, all: 8 });
    });
});
