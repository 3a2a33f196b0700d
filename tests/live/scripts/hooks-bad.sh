H='---
apiVersion: v1
kind: ConfigMap
metadata: {name: bad, annotations: {"helm.sh/hook": EVENT}}'
r $A install one $C/words --set-literal "extra=${H/EVENT/nonsense}"
r $A get hooks one
r $A install two $C/words --set-literal "extra=${H/EVENT/\"pre-install,nonsense\"}"
r $A get manifest two
r $A install three $C/words --set-literal 'extra=---
apiVersion: v1
kind: Nonsense
metadata: {name: bad, annotations: {"helm.sh/hook": pre-install}}'
r $A install four $C/words --set-literal 'extra=---
apiVersion: v1
kind: Service
metadata: {name: bad, annotations: {"helm.sh/hook": pre-install}}
spec: {ports: [{port: 99999}]}'
r $A install five $C/words --set-literal 'extra=---
apiVersion: v1
kind: ConfigMap
metadata: {name: fine, annotations: {"helm.sh/hook": pre-install, "helm.sh/hook-weight": heavy, "helm.sh/hook-delete-policy": "never,hook-succeeded"}}'
r $A get hooks five
r $A status five
r $A install six $C/words --set-literal 'extra=---
apiVersion: v1
kind: ConfigMap
metadata: {name: reboot, annotations: {"helm.sh/hook": test-success}}'
r $A get hooks six
r $A test six
r $B list -q
