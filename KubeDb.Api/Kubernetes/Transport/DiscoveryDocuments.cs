namespace KubeDb.Api.Kubernetes.Transport;

internal sealed record VersionDocument(string? Major, string? Minor);

internal sealed record GroupsDocument(IReadOnlyList<GroupDocument?>? Groups);

internal sealed record GroupDocument(string? Name, IReadOnlyList<GroupVersionDocument?>? Versions);

internal sealed record GroupVersionDocument(string? Version);

internal sealed record ResourcesDocument(IReadOnlyList<ResourceDocument?>? Resources);

internal sealed record ResourceDocument(string? Name);
