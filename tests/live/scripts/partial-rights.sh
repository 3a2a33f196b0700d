kubectl create clusterrole steersman-$NS --verb=get,list,create,update,patch,delete --resource=secrets,configmaps >/dev/null
k create rolebinding user --clusterrole=steersman-$NS --user=nobody >/dev/null
export KUBECONFIG=$KUBECONFIG_USER
r $A install one $C/words
r $A upgrade one $C/words --set word=two
r $B install two $C/app
r $B history two
r $B list -q
r $B uninstall two
KUBECONFIG=$KUBECONFIG_ADMIN q $A install three $C/app
KUBECONFIG=$KUBECONFIG_ADMIN kubectl delete clusterrole steersman-$NS >/dev/null
KUBECONFIG=$KUBECONFIG_ADMIN kubectl create clusterrole steersman-$NS --verb=get,list --resource=secrets >/dev/null
sleep 1
r $B test three
KUBECONFIG=$KUBECONFIG_ADMIN kubectl delete clusterrole steersman-$NS >/dev/null
KUBECONFIG=$KUBECONFIG_ADMIN kubectl create clusterrole steersman-$NS --verb=get,list,create,update,patch,delete --resource=secrets,configmaps >/dev/null
sleep 1
r $A rollback one 1
r $A uninstall one
export KUBECONFIG=$KUBECONFIG_ADMIN
kubectl delete clusterrole steersman-$NS >/dev/null
