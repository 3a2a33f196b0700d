if [ -z "$STEER_TEST_POSTGRES" ]; then exit 0; fi
database=steer_$(echo "$NS" | tr - _)
psql -q "$STEER_TEST_POSTGRES/postgres" -c "CREATE DATABASE $database"
export HELM_DRIVER=sql HELM_DRIVER_SQL_CONNECTION_STRING="$STEER_TEST_POSTGRES/$database?sslmode=disable"
show() { psql -qAt "${HELM_DRIVER_SQL_CONNECTION_STRING%\?*}" -c 'SELECT key, type, name, namespace, version, status, owner FROM releases_v1 ORDER BY key' -c 'SELECT * FROM custom_labels_v1 ORDER BY 1, 2, 3' -c 'SELECT id FROM gorp_migrations ORDER BY 1' -c "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"; }
r $A list
show
r $A install one $C/words --labels team=blue,stage=test
r $B upgrade one $C/words --set word=two --labels stage=null
r $B history one
r $B list -l team=blue
r $B list -A -q
r $A rollback one 1
r $A get all one
r $A get values one --revision 9
show
r $B upgrade one $C/words --history-max 2
r $B history one
r $B install one $C/words
r $B install two $C/words --set-literal 'extra=---
apiVersion: v1
kind: ConfigMap
metadata: {name: Bad_Name}'
r $B list
r $A uninstall one --keep-history
r $A list --uninstalled
r $A uninstall one
r $A status one
r $A uninstall two
show
q $A install three $C/words --set count=0
q $A install four $C/words --set count=0
psql -q "${HELM_DRIVER_SQL_CONNECTION_STRING%\?*}" -c "UPDATE releases_v1 SET body = 'bm90' WHERE name = 'three'" -c "UPDATE releases_v1 SET status = 'strange' WHERE name = 'four'"
for c in list 'list -q --failed' 'history three' 'get values three' 'rollback three' 'uninstall three' 'history four' 'status four'; do r $B $c; done
HELM_DRIVER_SQL_CONNECTION_STRING="$STEER_TEST_POSTGRES/postgres" r $A list
HELM_DRIVER_SQL_CONNECTION_STRING="$STEER_TEST_POSTGRES/nothing?sslmode=disable" r $A list
HELM_DRIVER_SQL_CONNECTION_STRING="postgresql://steer:secret-word@127.0.0.1:1/x?sslmode=disable" r $A list
psql -q "$STEER_TEST_POSTGRES/postgres" -c "DROP DATABASE $database WITH (FORCE)"
