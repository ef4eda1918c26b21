using System.Globalization;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>A version by semver.org: numbers first, then the pre-release, which comes before the release. Missing numbers are 0.</summary>
public sealed record SemanticVersion(int Major, int Minor, int Patch, string PreRelease = "") : IComparable<SemanticVersion>
{
    /// <summary>The version of a text such as <c>8.2.2</c>, <c>v7.0</c> or <c>8.0.0-rc.1+build</c>; null when it is none.</summary>
    public static SemanticVersion? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        text = text.Trim().TrimStart('v');
        var build = text.IndexOf('+', StringComparison.Ordinal);
        if (build >= 0)
            text = text[..build];
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var pre = dash < 0 ? "" : text[(dash + 1)..];
        if (dash == text.Length - 1 && dash >= 0)
            return null;
        var parts = (dash < 0 ? text : text[..dash]).Split('.');
        if (parts.Length > 3)
            return null;
        var numbers = new int[3];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return null;
        }

        return new SemanticVersion(numbers[0], numbers[1], numbers[2], pre);
    }

    /// <inheritdoc/>
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
            return 1;
        var numbers = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (numbers != 0)
            return numbers;
        if (PreRelease.Length == 0 || other.PreRelease.Length == 0)
            return other.PreRelease.Length.CompareTo(PreRelease.Length);
        return ComparePreReleases(PreRelease.Split('.'), other.PreRelease.Split('.'));
    }

    /// <summary>Earlier than.</summary>
    public static bool operator <(SemanticVersion a, SemanticVersion b) => a.CompareTo(b) < 0;

    /// <summary>Later than.</summary>
    public static bool operator >(SemanticVersion a, SemanticVersion b) => a.CompareTo(b) > 0;

    /// <summary>Not later than.</summary>
    public static bool operator <=(SemanticVersion a, SemanticVersion b) => a.CompareTo(b) <= 0;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(SemanticVersion a, SemanticVersion b) => a.CompareTo(b) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}.{Patch}" + (PreRelease.Length > 0 ? $"-{PreRelease}" : "");

    private static int ComparePreReleases(string[] a, string[] b)
    {
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var (an, bn) = (long.TryParse(a[i], NumberStyles.None, CultureInfo.InvariantCulture, out var x), long.TryParse(b[i], NumberStyles.None, CultureInfo.InvariantCulture, out var y));
            var order = (an, bn) switch
            {
                (true, true) => x.CompareTo(y),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(a[i], b[i]),
            };
            if (order != 0)
                return order;
        }

        return a.Length.CompareTo(b.Length);
    }
}
