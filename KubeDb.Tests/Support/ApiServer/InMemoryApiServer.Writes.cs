using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <content>Creates, replaces, patches and server-side apply.</content>
public sealed partial class InMemoryApiServer
{
    private static readonly string[] ServerOwned =
        ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"];

    private Answer Create(Call call)
    {
        if (call.Request.Subresource is not null)
            return Answer.Of(Errors.NotAllowed);
        if (call.Request.Body is not JsonObject body)
            return Answer.Of(Errors.BadRequest("the body is not an object"));
        var value = body.Copy();
        var metadata = value.Meta();
        metadata.Remove("managedFields");
        if (metadata.Text("resourceVersion").Length > 0)
            return Answer.Of(Errors.BadRequest("resourceVersion should not be set on objects to be created"));
        if (value.Name().Length == 0 && metadata.Text("generateName") is { Length: > 0 } prefix)
            metadata["name"] = prefix + NewSuffix();
        if (Misfit(call, value) is { } misfit)
            return Answer.Of(misfit);
        if (Store.Find(call.Kind, call.Namespace, value.Name()) is not null)
            return Answer.Of(Errors.AlreadyExists(call.Kind, value.Name()));

        Normalize(call, value);
        var live = EmptyOf(call);
        ManagedFields.Update(live, value, TypeOf(call.Kind), call.Writer(false), Stamp, Scope(call));
        return StoreNew(call, value);
    }

    private Answer StoreNew(Call call, JsonObject value)
    {
        if (NamespaceRefuses(call, value.Name()) is { } refusal)
            return Answer.Of(refusal);
        var metadata = value.Meta();
        foreach (var field in ServerOwned)
            metadata.Remove(field);
        metadata["uid"] = NewUid();
        metadata["creationTimestamp"] = Stamp;
        if (call.Kind.Namespaced)
            metadata["namespace"] = call.Namespace;
        if (call.Kind.CountsGenerations)
            metadata["generation"] = 1;
        if (call.Kind.HasStatus)
            ResetStatus(call.Kind, value);
        BuiltInDefaults.OnCreate(call.Kind, value, Version);
        if (Faults(call.Kind, null, value) is { } fault)
            return Answer.Of(Errors.Invalid(call.Kind, value.Name(), fault));
        if (call.Kind.Name == "CustomResourceDefinition" && call.Kind.Group == "apiextensions.k8s.io")
            Register(CustomKinds.Read(value));
        return Sent(Commit(Store.Put(call.Kind, value, Now)).Now, call.Request.Type);
    }

    // Kubernetes 1.20 makes no model of a custom kind with an amount among its fields, and takes each of its lists as one value.
    private FieldType TypeOf(Kind kind) => Minor <= 20 && kind.HasAmounts ? FieldType.Deduced : kind.Type;

    private Answer Update(Call call)
    {
        if (call.Request.Body is not JsonObject body)
            return Answer.Of(Errors.BadRequest("the body is not an object"));
        var live = Store.Find(call.Kind, call.Namespace, call.Name);
        if (live is null)
            return Answer.Of(Errors.NotFound(call.Kind, call.Name));
        if (call.Request.Subresource == "scale")
            return Rescale(call, live, body);
        var value = body.Copy();
        if (Misfit(call, value) is { } misfit)
            return Answer.Of(misfit);
        if (call.Kind.DemandsVersion && value["metadata"].Text("resourceVersion").Length == 0)
            return Answer.Of(Errors.Invalid(call.Kind, call.Name, "metadata.resourceVersion: Invalid value: 0: must be specified for an update"));
        return Change(call, live, value);
    }

    private Answer Patch(Call call)
    {
        var live = Store.Find(call.Kind, call.Namespace, call.Name);
        if (live is null)
            return Answer.Of(Errors.NotFound(call.Kind, call.Name));
        var target = call.Request.Subresource == "scale" ? ScaleOf(live) : live.Object;
        JsonObject? patched;
        if (call.Request.Verb == ApiVerb.JsonPatch)
        {
            if (call.Request.Body is not JsonArray operations)
                return Answer.Of(Errors.BadRequest("a JSON patch is a list of operations"));
            (patched, var problem) = JsonPatches.Run(target, operations);
            if (patched is null)
                return Answer.Of(Errors.Invalid(call.Kind, call.Name, problem!));
        }
        else
        {
            patched = JsonPatches.Merge(target, call.Request.Body) as JsonObject;
            if (patched is null)
                return Answer.Of(Errors.BadRequest("the patch is not an object"));
        }

        return call.Request.Subresource == "scale" ? Rescale(call, live, patched) : Change(call, live, patched);
    }

    private Answer Apply(Call call)
    {
        if (string.IsNullOrEmpty(call.Request.FieldManager))
            return Answer.Of(Errors.Invalid(
                new Kind("meta.k8s.io", "", "PatchOptions", false) { Versions = ["v1"] }, "", "fieldManager: Required value: is required for apply patch"));
        if (call.Request.Body is not JsonObject body)
            return Answer.Of(Errors.BadRequest("the body is not an object"));
        if (Misfit(call, body) is { } misfit)
            return Answer.Of(misfit);
        if (body["metadata"]?["managedFields"] is not null)
            return Answer.Of(Errors.BadRequest("metadata.managedFields must be nil"));
        if (Minor <= 20 && call.Kind.Custom && EmptyText(body, "") is { } path)
            return Answer.Of(Errors.Invalid(call.Kind, call.Name, $"{path}: Invalid value: \"null\": {path} in body must be of type string: \"null\""));
        if (FieldWalk.Undeclared(body, TypeOf(call.Kind)) is { } unknown)
            return Answer.Of(Errors.Internal(
                $"failed to create typed patch object ({call.Namespace}/{call.Name}; {call.Request.Type.ApiVersion}, Kind={call.Kind.Name}): {unknown}: field not declared in schema"));

        if (FieldWalk.Duplicate(body, TypeOf(call.Kind)) is { } duplicate)
            return Answer.Of(Errors.Internal(
                $"failed to create typed patch object ({call.Namespace}/{call.Name}; {call.Request.Type.ApiVersion}, Kind={call.Kind.Name}): {duplicate}"));

        var live = Store.Find(call.Kind, call.Namespace, call.Name);
        if (live is null && call.Request.Subresource is not null)
            return Answer.Of(Errors.NotFound(call.Kind, call.Name));
        if (live is null && body.Uid() is { Length: > 0 } uid)
            return Answer.Of(Errors.Conflict(
                call.Kind, call.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found"));
        if (live is not null && Outdated(call, live, body) is { } outdated)
            return Answer.Of(outdated);

        var result = ManagedFields.Apply(
            live?.Object ?? EmptyOf(call), body, TypeOf(call.Kind), call.Writer(true), call.Request.Force, Stamp, Scope(call));
        if (result.Merged is null)
            return Answer.Of(Errors.ApplyConflict(result.Conflict!));
        if (live is not null)
            return Change(call, live, result.Merged, owned: true);
        var managed = result.Merged.Meta()["managedFields"]?.DeepClone();
        Normalize(call, result.Merged);
        result.Merged.Meta()["managedFields"] = managed;
        return StoreNew(call, result.Merged);
    }

    /// <summary>The first field that is an empty text: Kubernetes 1.20 turned it into null when a custom resource was applied.</summary>
    private static string? EmptyText(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.Select(m => EmptyText(m.Value, path.Length == 0 ? m.Key : $"{path}.{m.Key}")).FirstOrDefault(found => found is not null),
        JsonArray items => items.Select(item => EmptyText(item, path)).FirstOrDefault(found => found is not null),
        JsonValue value when value.TryGetValue(out string? text) && text.Length == 0 => path,
        _ => null,
    };

    private Answer Rescale(Call call, Stored live, JsonObject scale)
    {
        if (!call.Kind.HasScale)
            return Answer.Of(Errors.NoSuchApi);
        if (Outdated(call, live, scale) is { } outdated)
            return Answer.Of(outdated);
        var value = live.Object.Copy();
        value.Child("spec")["replicas"] = scale["spec"].Number("replicas") ?? 0;
        var answer = Change(call, live, value);
        return answer.Error is null ? Answer.Of(ScaleOf(Store.Find(call.Kind, call.Namespace, call.Name)!)) : answer;
    }

    /// <summary>Puts a changed object in the live one's place, or says why not. Nothing is written when nothing changes.</summary>
    private Answer Change(Call call, Stored live, JsonObject value, bool owned = false)
    {
        if (call.Request.Subresource == "status" && !call.Kind.HasStatus)
            return Answer.Of(Errors.NoSuchApi);
        if (Outdated(call, live, value) is { } outdated)
            return Answer.Of(outdated);
        var metadata = value.Meta();
        var managed = owned ? metadata["managedFields"]?.DeepClone() : null;
        value = call.Request.Subresource == "status" ? WithStatus(live.Object, value) : KeepStatus(call.Kind, live.Object, value);
        metadata = value.Meta();
        foreach (var field in ServerOwned)
            metadata[field] = live.Object["metadata"]![field]?.DeepClone();
        foreach (var field in ServerOwned.Where(f => metadata[f] is null))
            metadata.Remove(field);
        metadata["resourceVersion"] = live.Object["metadata"]!["resourceVersion"]!.DeepClone();
        metadata["name"] = live.Object.Name();
        if (call.Kind.Namespaced)
            metadata["namespace"] = live.Object.Namespace();
        Normalize(call, value);
        BuiltInDefaults.Carry(call.Kind, live.Object, value);
        if (owned)
            metadata["managedFields"] = managed;
        else
            ManagedFields.Update(live.Object, value, TypeOf(call.Kind), call.Writer(false), Stamp, Scope(call));
        if (NewFinalizers(live.Object, value) is { } forbidden)
            return Answer.Of(Errors.Invalid(call.Kind, call.Name, forbidden));
        if (Faults(call.Kind, live.Object, value) is { } fault)
            return Answer.Of(Errors.Invalid(call.Kind, call.Name, fault));
        if (ManagedFields.OnlyTimesDiffer(live.Object, value))
            return Sent(live, call.Request.Type);
        return Replace(call, live, value);
    }

    private Answer Replace(Call call, Stored live, JsonObject value)
    {
        if (call.Kind.CountsGenerations && !JsonNode.DeepEquals(Content(call.Kind, live.Object), Content(call.Kind, value)))
            value.Meta()["generation"] = (live.Object["metadata"].Number("generation") ?? 0) + 1;
        var stored = Commit(Store.Put(call.Kind, value, Now)).Now;
        if (IsReadyToGo(value) && Store.Find(call.Kind, call.Namespace, call.Name) == stored)
            Commit(Store.Remove(stored, Now));
        return Sent(stored, call.Request.Type);
    }

    // What the generation counts: all but metadata and, where it has its own subresource, status.
    private static JsonObject Content(Kind kind, JsonObject value)
    {
        var content = value.Copy();
        content.Remove("metadata");
        content.Remove("apiVersion");
        if (kind.HasStatus)
            content.Remove("status");
        return content;
    }

    private static JsonObject WithStatus(JsonObject live, JsonObject value)
    {
        var result = live.Copy();
        result.Remove("status");
        if (value["status"] is { } status)
            result["status"] = status.DeepClone();
        return result;
    }

    private static JsonObject KeepStatus(Kind kind, JsonObject live, JsonObject value)
    {
        if (!kind.HasStatus)
            return value;
        value.Remove("status");
        if (live["status"] is { } status)
            value["status"] = status.DeepClone();
        return value;
    }

    private static void ResetStatus(Kind kind, JsonObject value)
    {
        value.Remove("status");
        if (kind.Empty["status"] is { } status)
            value["status"] = status.DeepClone();
    }

    private JsonObject EmptyOf(Call call)
    {
        var empty = call.Kind.Empty.Copy();
        empty["apiVersion"] = call.Request.Type.ApiVersion;
        empty["kind"] = call.Kind.Name;
        empty.Meta();
        return empty;
    }

    private static Func<FieldSet, FieldSet> Scope(Call call)
    {
        if (call.Request.Subresource == "status")
            return s => s.Only("f:status");
        if (!call.Kind.HasStatus)
            return s => s;
        var status = new FieldSet();
        status.Insert("f:status");
        return s => s.Without(status);
    }

    private void Normalize(Call call, JsonObject value)
    {
        value["apiVersion"] = call.Request.Type.ApiVersion;
        value["kind"] = call.Kind.Name;
        if (call.Kind.Schema is { } schema)
        {
            SchemaRules.Prune(value, schema);
            SchemaRules.Default(value, schema);
        }
        else
        {
            BuiltInDefaults.Fill(call.Kind, value);
        }
    }

    private static string? Faults(Kind kind, JsonObject? live, JsonObject value)
    {
        var faults = kind.Schema is { } schema ? SchemaRules.Faults(value, schema).ToList() : BuiltInDefaults.Faults(kind, live, value).ToList();
        return faults.Count switch { 0 => null, 1 => faults[0], _ => $"[{string.Join(", ", faults)}]" };
    }

    private static ApiError? Outdated(Call call, Stored live, JsonObject value)
    {
        var metadata = value["metadata"];
        if (metadata.Text("uid") is { Length: > 0 } uid && uid != live.Object.Uid())
        {
            // A replace takes the UID for a precondition; to a patch it is a field that can not change.
            return call.Request.Verb == ApiVerb.Update
                ? Errors.Conflict(call.Kind, call.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {live.Object.Uid()}")
                : Errors.Invalid(call.Kind, call.Name, $"metadata.uid: Invalid value: \"{uid}\": field is immutable");
        }

        return metadata.Text("resourceVersion") is { Length: > 0 } version && version != live.Version.ToString(CultureInfo.InvariantCulture)
            ? Errors.Modified(call.Kind, call.Name)
            : null;
    }

    private static ApiError? Misfit(Call call, JsonObject value)
    {
        if (value.Text("apiVersion") is { Length: > 0 } version && (version != call.Request.Type.ApiVersion || value.Text("kind") != call.Kind.Name))
            return Errors.BadRequest($"the API version in the data ({version}) does not match the expected API version ({call.Request.Type.ApiVersion})");
        if (call.Request.Name is not null && value.Name().Length > 0 && value.Name() != call.Name)
            return Errors.BadRequest($"the name of the object ({value.Name()}) does not match the name on the URL ({call.Name})");
        if (value.Namespace() is { Length: > 0 } ns && ns != call.Namespace)
            return Errors.BadRequest($"the namespace of the provided object does not match the namespace sent on the request");
        if (call.Kind.Namespaced && call.Namespace.Length == 0)
            return Errors.BadRequest("an empty namespace may not be set during creation");
        return call.Request.Name is null && value.Name().Length == 0
            ? Errors.Invalid(call.Kind, "", "metadata.name: Required value: name or generateName is required")
            : null;
    }

    private ApiError? NamespaceRefuses(Call call, string name)
    {
        if (!call.Kind.Namespaced)
            return null;
        var kind = KindOf("", "namespaces");
        if (Store.Find(kind, "", call.Namespace) is not { } ns)
            return Errors.NotFound(kind, call.Namespace);
        return ns.Object.IsDeleting()
            ? Errors.Forbidden(call.Kind, name, $"unable to create new content in namespace {call.Namespace} because it is being terminated") with { Reason = ApiError.NamespaceTerminating }
            : null;
    }

    private static string? NewFinalizers(JsonObject live, JsonObject value)
    {
        var added = value["metadata"]?["finalizers"].Texts().Except(live["metadata"]?["finalizers"].Texts() ?? []).ToList() ?? [];
        return live.IsDeleting() && added.Count > 0
            ? $"metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{{\"{string.Join("\", \"", added)}\"}}"
            : null;
    }
}
