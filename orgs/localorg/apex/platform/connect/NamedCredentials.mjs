/** ConnectApi.NamedCredentials: what is handed in and given back; creating credentials from Apex is not emulated. */
import { platformClass, platformEnum } from '../../engine/platform.mjs';
import { inputs, refused } from '../support/connect.mjs';

platformEnum('ConnectApi.NamedCredentialType', ['Legacy', 'PrivateEndpoint', 'SecuredEndpoint']);
platformEnum('ConnectApi.CredentialAuthenticationProtocol', ['AwsSv4', 'Basic', 'Custom', 'Jwt', 'JwtExchange', 'NoAuthentication', 'OAuth', 'Password']);
platformEnum('ConnectApi.CredentialPrincipalType', ['AnonymousUser', 'AwsStsPrincipal', 'NamedPrincipal', 'PerUserPrincipal']);
platformEnum('ConnectApi.CredentialAuthenticationStatus', ['Configured', 'NotConfigured', 'Unknown']);
platformEnum('ConnectApi.NamedCredentialParameterType', [
  'AllowedManagedPackageNamespaces', 'Authentication', 'ClientCertificate', 'HttpHeader', 'OutboundNetworkConnection', 'Url',
]);

const options = { allowMergeFieldsInBody: 'Boolean', allowMergeFieldsInHeader: 'Boolean', generateAuthorizationHeader: 'Boolean' };
const named = {
  calloutUrl: 'String', developerName: 'String', masterLabel: 'String', type: 'ConnectApi.NamedCredentialType',
};
const external = {
  authenticationProtocol: 'ConnectApi.CredentialAuthenticationProtocol', developerName: 'String', masterLabel: 'String',
};
const principal = { principalName: 'String', principalType: 'ConnectApi.CredentialPrincipalType', sequenceNumber: 'Integer' };
const parameter = { parameterName: 'String', parameterType: 'ConnectApi.NamedCredentialParameterType', parameterValue: 'String' };

for (const suffix of ['', 'Input']) {
  const listOf = (name) => `List<ConnectApi.${name}${suffix}>`;
  const id = suffix ? {} : { id: 'String' };
  inputs(`NamedCredentialCalloutOptions${suffix}`, options);
  inputs(`NamedCredentialParameter${suffix}`, { ...id, ...parameter });
  inputs(`NamedCredential${suffix}`, {
    ...id, ...named, calloutOptions: `ConnectApi.NamedCredentialCalloutOptions${suffix}`, externalCredentials: listOf('ExternalCredential'),
    parameters: listOf('NamedCredentialParameter'),
  });
  inputs(`ExternalCredentialParameter${suffix}`, { ...id, parameterName: 'String', parameterValue: 'String' });
  inputs(`ExternalCredentialPrincipal${suffix}`, { ...id, ...principal, parameters: listOf('ExternalCredentialParameter') });
  inputs(`ExternalCredential${suffix}`, {
    ...id, ...external, parameters: listOf('ExternalCredentialParameter'), principals: listOf('ExternalCredentialPrincipal'),
  });
  inputs(`CredentialValue${suffix}`, { encrypted: 'Boolean', value: 'String' });
  inputs(`Credential${suffix}`, {
    authenticationProtocol: 'ConnectApi.CredentialAuthenticationProtocol', credentials: `Map<String, ConnectApi.CredentialValue${suffix}>`,
    externalCredential: 'String', principalName: 'String', principalType: 'ConnectApi.CredentialPrincipalType',
  });
}

const call = (returns, name, takes) => [`${returns} ${name}(${takes})`, refused(`ConnectApi.NamedCredentials.${name}`)];

platformClass('ConnectApi.NamedCredentials', {
  static: Object.fromEntries([
    call('ConnectApi.NamedCredential', 'createNamedCredential', 'ConnectApi.NamedCredentialInput input'),
    call('ConnectApi.NamedCredential', 'getNamedCredential', 'String name'),
    call('ConnectApi.NamedCredential', 'updateNamedCredential', 'String name, ConnectApi.NamedCredentialInput input'),
    call('ConnectApi.ExternalCredential', 'createExternalCredential', 'ConnectApi.ExternalCredentialInput input'),
    call('ConnectApi.ExternalCredential', 'getExternalCredential', 'String name'),
    call('ConnectApi.ExternalCredential', 'updateExternalCredential', 'String name, ConnectApi.ExternalCredentialInput input'),
    call('ConnectApi.Credential', 'createCredential', 'ConnectApi.CredentialInput input'),
    call('ConnectApi.Credential', 'updateCredential', 'ConnectApi.CredentialInput input'),
    call('void', 'deleteNamedCredential', 'String name'),
    call('void', 'deleteExternalCredential', 'String name'),
  ]),
});
