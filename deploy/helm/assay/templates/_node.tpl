{{- define "assay.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 30 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 30 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "assay.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "assay.labels" -}}
{{ include "assay.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* The name behind which all nodes of the release are. */}}
{{- define "assay.discovery" -}}
/dns4/{{ include "assay.name" . }}-nodes.{{ .Release.Namespace }}.svc/tcp/4001
{{- end }}

{{/* How nodes enter the network. On the internet private addresses, as those of pods, are not dialled. */}}
{{- define "assay.bootstrap" -}}
{{- if eq .Values.network.kind "local" -}}
{{ prepend .Values.network.bootstrap (include "assay.discovery" .) | join "," }}
{{- else -}}
{{ required "network.bootstrap names nobody: a public network is entered by peers of it, as /dnsaddr/net.example" (join "," .Values.network.bootstrap) }}
{{- end -}}
{{- end }}

{{/*
A set of nodes. Takes: root, set (what follows the release in its name), roles, replicas (null where it scales itself), storage, storageClass,
resources, env (more of it), keySecret, graceSeconds, labels, nodeSelector, tolerations.
*/}}
{{- define "assay.set" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s" (include "assay.name" $root) .set -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  labels:
    {{- include "assay.labels" $root | nindent 4 }}
    {{- toYaml .labels | nindent 4 }}
spec:
  serviceName: {{ include "assay.name" $root }}-nodes
  {{- if not (kindIs "invalid" .replicas) }}
  replicas: {{ .replicas }}
  {{- end }}
  # Each has a key and a folder of its own, and waits for none of the others.
  podManagementPolicy: Parallel
  # What a node has claimed is in its volume, until it is back.
  persistentVolumeClaimRetentionPolicy:
    whenScaled: Retain
    whenDeleted: Retain
  selector:
    matchLabels:
      {{- include "assay.selector" $root | nindent 6 }}
      {{- toYaml .labels | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "assay.selector" $root | nindent 8 }}
        {{- toYaml .labels | nindent 8 }}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "9464"
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: {{ .graceSeconds }}
      {{- with $root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "assay.selector" $root | nindent 14 }}
              {{- toYaml .labels | nindent 14 }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: node
          image: {{ printf "%s:%s" $root.Values.image.repository (default $root.Chart.AppVersion $root.Values.image.tag) }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          env:
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            - name: ASSAY_ROLES
              value: {{ .roles | quote }}
            - name: ASSAY_NETWORK
              value: {{ $root.Values.network.kind }}
            - name: ASSAY_BOOTSTRAP
              value: {{ include "assay.bootstrap" $root | quote }}
            {{- with $root.Values.network.swarmKeySecret }}
            - name: ASSAY_SWARM_KEY
              value: /swarm/swarm.key
            {{- end }}
            {{- with $root.Values.chain.id }}
            - name: ASSAY_CHAIN_ID
              value: {{ int64 . | quote }}
            {{- end }}
            {{- with $root.Values.chain.marketplace }}
            - name: ASSAY_MARKETPLACE
              value: {{ . | quote }}
            {{- end }}
            {{- if .keySecret }}
            - name: ASSAY_KEY_FILE
              value: /keys/$(POD_NAME)
            {{- end }}
            {{- range $key, $value := .env }}
            - name: {{ $key }}
              value: {{ $value | quote }}
            {{- end }}
            {{- range $key, $value := $root.Values.options }}
            - name: {{ $key }}
              value: {{ $value | quote }}
            {{- end }}
          ports:
            - name: p2p
              containerPort: 4001
            - name: metrics
              containerPort: 9464
          # A node that is starting may take long to read a chain: its loop turns all the same.
          startupProbe:
            httpGet: { path: /health, port: metrics }
            periodSeconds: 5
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: /health, port: metrics }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: { path: /ready, port: metrics }
            periodSeconds: 10
            timeoutSeconds: 5
          lifecycle:
            preStop:
              exec:
                command: [/usr/local/bin/node, /app/node_modules/assay/dist/main.mjs, worker, drain]
          resources:
            {{- toYaml .resources | nindent 12 }}
          volumeMounts:
            - name: data
              mountPath: /data
            - name: tmp
              mountPath: /tmp
            {{- if .keySecret }}
            - name: keys
              mountPath: /keys
              readOnly: true
            {{- end }}
            {{- if $root.Values.network.swarmKeySecret }}
            - name: swarm
              mountPath: /swarm
              readOnly: true
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {}
        {{- with .keySecret }}
        - name: keys
          secret:
            secretName: {{ . }}
            defaultMode: 256 # 0400
        {{- end }}
        {{- with $root.Values.network.swarmKeySecret }}
        - name: swarm
          secret:
            secretName: {{ . }}
            defaultMode: 256 # 0400
        {{- end }}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests:
            storage: {{ .storage }}
---
# Nodes are taken away one at a time.
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  labels:
    {{- include "assay.labels" $root | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "assay.selector" $root | nindent 6 }}
      {{- toYaml .labels | nindent 6 }}
{{- end }}
