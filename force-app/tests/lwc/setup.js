// For every component test: the accessibility matcher, and a warning on the console is a failure.
const { registerSa11yMatcher } = require('@sa11y/jest');

registerSa11yMatcher();

for (const level of ['error', 'warn']) {
    const complaints = [];
    beforeEach(() => {
        complaints.length = 0;
        jest.spyOn(console, level).mockImplementation((...text) => complaints.push(text.join(' ')));
    });
    afterEach(() => expect(complaints).toEqual([]));
}
