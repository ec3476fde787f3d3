import lwcConfig from '@salesforce/eslint-config-lwc/recommended.js';
import globals from 'globals';

export default [
    { ignores: ['**/node_modules/**', '.venv*/**', '.cache/**'] },
    ...lwcConfig.map((one) => ({ ...one, files: ['force-app/main/default/lwc/**/*.js'] })),
    {
        files: ['**/__tests__/**/*.js'],
        languageOptions: { globals: { ...globals.jest, ...globals.node } },
        rules: {
            '@lwc/lwc/no-async-operation': 'off', // tests wait for a render
            '@lwc/lwc/no-unexpected-wire-adapter-usages': 'off' // and emit what a wire would
        }
    }
];
