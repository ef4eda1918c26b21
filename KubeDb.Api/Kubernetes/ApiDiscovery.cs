using System.Globalization;
using System.Text.Json;
using KubeDb.Api.Kubernetes.Transport;

namespace KubeDb.Api.Kubernetes;

/// <summary>Version of the server; its patch level decides nothing and is left out.</summary>
/// <param name="Major">1 so far.</param>
/// <param name="Minor">20 is the oldest that is supported.</param>
public readonly record struct KubernetesVersion(int Major, int Minor) : IComparable<KubernetesVersion>
{
    /// <summary>Older.</summary>
    public static bool operator <(KubernetesVersion left, KubernetesVersion right) => left.CompareTo(right) < 0;

    /// <summary>Newer.</summary>
    public static bool operator >(KubernetesVersion left, KubernetesVersion right) => left.CompareTo(right) > 0;

    /// <summary>Not newer.</summary>
    public static bool operator <=(KubernetesVersion left, KubernetesVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Not older.</summary>
    public static bool operator >=(KubernetesVersion left, KubernetesVersion right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(KubernetesVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}";
}

/// <summary>What a server offers, as of one look.</summary>
/// <param name="Version">The server's version.</param>
/// <param name="Resources">Kinds served, as group, version and plural; subresources as <c>plural/subresource</c>.</param>
/// <param name="Unknown">Group versions that could not be read (an aggregated API that is down), as <c>group/version</c>, with the reason.</param>
public sealed record ApiOffer(
    KubernetesVersion Version,
    IReadOnlySet<(string Group, string Version, string Plural)> Resources,
    IReadOnlyDictionary<string, string> Unknown)
{
    /// <summary>True when the server serves the kind in that version.</summary>
    public bool Serves(ResourceType type) => Resources.Contains((type.Group, type.Version, type.Plural));

    /// <summary>True when the kind's group is listed by the server but could not be read, so that <see cref="Serves"/> may be wrong.</summary>
    public bool IsUncertain(ResourceType type) => Unknown.ContainsKey(type.ApiVersion);
}

/// <summary>
/// Discovery by the documents that every version has (<c>/version</c>, <c>/api</c>, <c>/apis</c> and one a group version). A group that can
/// not be read is named in <see cref="ApiOffer.Unknown"/>, keeps what was known of it, and hinders no other.
/// </summary>
public sealed class ApiDiscovery(IApiDocuments server)
{
    private const int Parallel = 8;
    private volatile ApiOffer? _last;

    /// <summary>What the server offered at the last look; the first call looks.</summary>
    public async Task<ApiResult<ApiOffer>> GetAsync(CancellationToken cancel) =>
        _last is { } known ? new(known) : await RefreshAsync(cancel);

    /// <summary>Looks again. On failure the last good look stays.</summary>
    public async Task<ApiResult<ApiOffer>> RefreshAsync(CancellationToken cancel)
    {
        var version = await server.ReadDocumentAsync("/version", DecodeVersion, cancel);
        if (!version.Succeeded)
            return new(version.Error);
        var groups = await server.ReadDocumentAsync("/apis", DecodeGroups, cancel);
        if (!groups.Succeeded)
            return new(groups.Error);
        var offer = await ReadAllAsync(version.Value, [(Group: "", Version: "v1"), .. groups.Value], cancel);
        _last = offer;
        return new(offer);
    }

    private async Task<ApiOffer> ReadAllAsync(KubernetesVersion version, IReadOnlyList<(string Group, string Version)> groups, CancellationToken cancel)
    {
        var resources = new HashSet<(string, string, string)>();
        var unknown = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var some in groups.Chunk(Parallel))
        {
            var answers = await Task.WhenAll(some.Select(g => server.ReadDocumentAsync(PathOf(g), DecodeResources, cancel)));
            foreach (var (group, answer) in some.Zip(answers))
            {
                if (answer.Succeeded)
                    resources.UnionWith(answer.Value.Select(plural => (group.Group, group.Version, plural)));
                else if (answer.Error.Kind != ApiErrorKind.NotFound)
                    KeepLast(group, answer.Error, resources, unknown);
            }
        }

        return new ApiOffer(version, resources, unknown);
    }

    private void KeepLast((string Group, string Version) group, ApiError error, HashSet<(string, string, string)> resources, Dictionary<string, string> unknown)
    {
        unknown[group.Group.Length == 0 ? group.Version : $"{group.Group}/{group.Version}"] = error.Message;
        if (_last is { } last)
            resources.UnionWith(last.Resources.Where(r => r.Group == group.Group && r.Version == group.Version));
    }

    private static string PathOf((string Group, string Version) group) =>
        group.Group.Length == 0 ? $"/api/{group.Version}" : $"/apis/{group.Group}/{group.Version}";

    private static KubernetesVersion DecodeVersion(ReadOnlySpan<byte> utf8)
    {
        var answer = JsonSerializer.Deserialize(utf8, TransportJson.Default.VersionDocument) ?? throw new JsonException("Expected a version.");
        return new(Number(answer.Major), Number(answer.Minor));
    }

    // Some providers write the minor version as "27+".
    private static int Number(string? text)
    {
        var digits = string.Concat((text ?? "").TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new JsonException($"'{text}' is no version number.");
    }

    private static IReadOnlyList<(string Group, string Version)> DecodeGroups(ReadOnlySpan<byte> utf8)
    {
        var answer = JsonSerializer.Deserialize(utf8, TransportJson.Default.GroupsDocument) ?? throw new JsonException("Expected a list of API groups.");
        return [.. from g in answer.Groups ?? [] from v in g?.Versions ?? [] select (g.Name ?? "", v?.Version ?? "")];
    }

    private static IReadOnlyList<string> DecodeResources(ReadOnlySpan<byte> utf8)
    {
        var answer = JsonSerializer.Deserialize(utf8, TransportJson.Default.ResourcesDocument) ?? throw new JsonException("Expected a list of resources.");
        return [.. (answer.Resources ?? []).Select(r => r?.Name ?? "")];
    }
}
