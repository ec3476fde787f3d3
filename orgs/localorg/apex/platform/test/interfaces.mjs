/** System.StubProvider and its like: what tests put in place of something else. */
import { platformInterface } from '../../engine/platform.mjs';

export const StubProvider = platformInterface('StubProvider', [
  'Object handleMethodCall(Object stubbedObject, String stubbedMethodName, Type returnType, List<Type> listOfParamTypes, ' +
    'List<String> listOfParamNames, List<Object> listOfArgs)',
]);
export const UninstallHandler = platformInterface('UninstallHandler', ['void onUninstall(UninstallContext context)']);
export const UninstallContext = platformInterface('UninstallContext', ['Id organizationId()', 'Id uninstallerId()']);
export const WebServiceMock = platformInterface('WebServiceMock', [
  'void doInvoke(Object stub, Object request, Map<String, Object> response, String endpoint, String soapAction, String requestName, ' +
    'String responseNamespace, String responseName, String responseType)',
]);
