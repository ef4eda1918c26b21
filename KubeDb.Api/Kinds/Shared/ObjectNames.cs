namespace KubeDb.Api.Kinds.Shared;

/// <summary>Names of the objects that belong to a database.</summary>
public static class ObjectNames
{
    /// <summary>Longest name of a service, pod or label value.</summary>
    public const int MaxLength = 63;

    /// <summary>The name with a dash and the suffix; a long name is cut, the suffix never.</summary>
    public static string WithSuffix(string name, string suffix)
    {
        var room = MaxLength - suffix.Length - 1;
        return name.Length <= room ? $"{name}-{suffix}" : $"{name[..Math.Max(0, room)].TrimEnd('-', '.')}-{suffix}";
    }

    /// <summary>Certificate, and its secret, of an alias.</summary>
    public static string Certificate(string database, string alias) => WithSuffix(database, $"{alias}-cert");

    /// <summary>The auth secret that is created when the user names none.</summary>
    public static string AuthSecret(string database) => WithSuffix(database, "auth");
}
