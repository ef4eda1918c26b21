{{- /*
The kinds that the operators serve: a new one is a line here. Rights and admission policies range over them. The charts of both operators have
this file, each because it can be installed alone; a test compares them, and both with the CRDs. noun: what a refused deletion calls a database. made: a request on another
database may make one, and delete one that nobody uses. uses: the kind of databases that one has made for itself. converted: a database kind that
is converted to an older version in which it is served, too.
*/ -}}
{{- define "kubedb.kinds" -}}
- {database: redises, request: redisopsrequests, version: redisversions, noun: redis, converted: redises}
- {database: redissentinels, request: redissentinelopsrequests, version: redisversions, noun: sentinel, made: redissentinels, converted: redissentinels}
- {database: zookeepers, request: zookeeperopsrequests, version: zookeeperversions, noun: zookeeper}
- {database: kafkas, request: kafkaopsrequests, version: kafkaversions, noun: kafka}
- {database: druids, request: druidopsrequests, version: druidversions, noun: druid, uses: zookeepers}
{{- end }}

{{- /* (list column suffix) -> the resources in that column, each with the suffix, as a list. */ -}}
{{- define "kubedb.resources" -}}
{{- $column := first . -}}
{{- $suffix := last . -}}
{{- $names := list -}}
{{- range include "kubedb.kinds" "" | fromYamlArray -}}
{{- with index . $column -}}{{- $names = append $names (print . $suffix) -}}{{- end -}}
{{- end -}}
[{{ $names | uniq | join ", " }}]
{{- end }}

{{- /* The noun of each database kind by its plural, as a CEL map. */ -}}
{{- define "kubedb.nouns" -}}
{{- $pairs := list -}}
{{- range include "kubedb.kinds" "" | fromYamlArray -}}
{{- if .database -}}{{- $pairs = append $pairs (printf "'%s': '%s'" .database .noun) -}}{{- end -}}
{{- end -}}
{ {{- $pairs | join ", " -}} }
{{- end }}
