using System.Globalization;
using System.Net;
using System.Text;

namespace KubeDb.Api.Controllers.Hosting;

/// <summary>A flag of one process beyond those that all have; its value ends up in <see cref="OperatorOptions.More"/>.</summary>
/// <param name="Name">Name without dashes.</param>
/// <param name="Default">Value when it is not given.</param>
/// <param name="Help">What it does.</param>
/// <param name="Check">Says what is wrong with a value; null when nothing is.</param>
public sealed record ExtraFlag(string Name, string Default, string Help, Func<string, string?>? Check = null);

/// <summary>What reading a command line came to: options, or a text to print and the code to exit with.</summary>
/// <param name="Options">The options; null when the process is to exit.</param>
/// <param name="ExitCode">0 after help, 2 after a mistake.</param>
/// <param name="Output">What to print.</param>
public sealed record CommandLineResult(OperatorOptions? Options, int ExitCode, string Output);

/// <summary>
/// Reads flags in the forms <c>--name=value</c>, <c>--name value</c> and, for switches, <c>--name</c>. What is not on the command line is taken
/// from the environment variable <c>KUBEDB_NAME</c> (dashes as underscores), then from the default. An unknown flag is a mistake.
/// </summary>
public static class CommandLine
{
    private static readonly Flag[] Common =
    [
        new(
            "metrics-bind-address", o => o.MetricsBindAddress, "Address of /metrics; 0 for none.",
            (o, v) => IsAddress(v) ? o with { MetricsBindAddress = v } : null),
        new(
            "health-probe-bind-address", o => o.HealthProbeBindAddress, "Address of /healthz and /readyz; 0 for none.",
            (o, v) => IsAddress(v) ? o with { HealthProbeBindAddress = v } : null),
        new(
            "leader-elect", o => o.LeaderElect ? "true" : "false", "Let a lease decide which replica acts.",
            (o, v) => bool.TryParse(v, out var on) ? o with { LeaderElect = on } : null, IsSwitch: true),
        new(
            "leader-election-namespace", o => o.LeaderElectionNamespace, "Namespace of the lease; empty for the own one.",
            (o, v) => o with { LeaderElectionNamespace = v }),
        new(
            "leader-election-lease-duration", o => Seconds(o.LeaseDuration), "Unrenewed for so long, another replica takes the lease.",
            (o, v) => TryDuration(v, out var t) ? o with { LeaseDuration = t } : null),
        new(
            "leader-election-renew-deadline", o => Seconds(o.RenewDeadline), "Unrenewed for so long, the leader stops writing.",
            (o, v) => TryDuration(v, out var t) ? o with { RenewDeadline = t } : null),
        new(
            "leader-election-retry-period", o => Seconds(o.RetryPeriod), "Pause between attempts at the lease.",
            (o, v) => TryDuration(v, out var t) ? o with { RetryPeriod = t } : null),
        new(
            "kubeconfig", o => o.Kubeconfig, "Kubeconfig file; empty for $KUBECONFIG, the service account or ~/.kube/config.",
            (o, v) => o with { Kubeconfig = v }),
        new("context", o => o.Context, "Context of the kubeconfig; empty for its current one.", (o, v) => o with { Context = v }),
        new(
            "namespace", o => string.Join(',', o.Namespaces), "Namespaces to watch, separated by commas; empty for all.",
            (o, v) => o with { Namespaces = v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) }),
        new(
            "max-concurrent-reconciles", o => o.MaxConcurrentReconciles.ToString(CultureInfo.InvariantCulture), "Reconciles at a time and controller.",
            (o, v) => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and <= 1000 ? o with { MaxConcurrentReconciles = n } : null),
        new(
            "log-level", o => o.LogLevel, "debug, info, warning or error.",
            (o, v) => v is "debug" or "info" or "warning" or "error" ? o with { LogLevel = v } : null),
    ];

    /// <summary>Reads a command line.</summary>
    /// <param name="program">Name of the program, for the help text.</param>
    /// <param name="purpose">What it does, for the help text.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="extra">Flags of this program only.</param>
    public static CommandLineResult Read(
        string program, string purpose, IReadOnlyList<string> args, Func<string, string?> environment, params IReadOnlyList<ExtraFlag> extra)
    {
        Flag[] flags = [.. Common, .. extra.Select(More)];
        var defaults = new OperatorOptions { More = extra.ToDictionary(e => e.Name, e => e.Default) };
        if (args.Any(a => a is "--help" or "-h"))
            return new(null, 0, Help(program, purpose, flags, defaults));
        var options = defaults;
        foreach (var flag in flags)
        {
            var variable = flag.Variable;
            if (environment(variable) is not { } value)
                continue;
            if (flag.Set(options, value) is not { } changed)
                return Mistake(program, $"{variable}={value} is not a value for --{flag.Name}: {flag.Help}");
            options = changed;
        }

        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (Array.Find(flags, f => f.Name == name) is not { } flag)
                return Mistake(program, args[i].StartsWith('-') ? $"Unknown flag {args[i]}." : $"Unexpected argument {args[i]}.");
            value ??= flag.IsSwitch ? "true" : ++i < args.Count ? args[i] : null;
            if (value is null)
                return Mistake(program, $"--{name} needs a value: {flag.Help}");
            if (flag.Set(options, value) is not { } changed)
                return Mistake(program, $"{value} is not a value for --{name}: {flag.Help}");
            options = changed;
        }

        return new(options, 0, "");
    }

    /// <summary>The end point that an address flag names; null for <c>0</c>.</summary>
    public static IPEndPoint? EndPoint(string address)
    {
        if (address == "0")
            return null;
        var colon = address.LastIndexOf(':');
        var host = address[..colon].Trim('[', ']');
        return new(host.Length == 0 ? IPAddress.IPv6Any : IPAddress.Parse(host), int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>Whether a text is <c>[address]:port</c>, or <c>0</c> for none.</summary>
    public static bool IsAddress(string value)
    {
        var colon = value.LastIndexOf(':');
        if (colon < 0)
            return value == "0";
        var host = value[..colon].Trim('[', ']');
        return (host.Length == 0 || IPAddress.TryParse(host, out _))
            && ushort.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    private static (string Name, string? Value) Split(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
            return ("", null);
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument[2..], null) : (argument[2..equals], argument[(equals + 1)..]);
    }

    private static bool TryDuration(string text, out TimeSpan value)
    {
        value = default;
        var (number, unit) = text.EndsWith('m') ? (text[..^1], 60) : (text.TrimEnd('s'), 1);
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is 0 or > 86400)
            return false;
        value = TimeSpan.FromSeconds(count * unit);
        return true;
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s";

    private static Flag More(ExtraFlag extra) => new(
        extra.Name,
        o => o.More[extra.Name],
        extra.Help,
        (o, v) => extra.Check?.Invoke(v) is null ? o with { More = new Dictionary<string, string>(o.More) { [extra.Name] = v } } : null);

    private static CommandLineResult Mistake(string program, string what) => new(null, 2, $"{program}: {what}\nTry {program} --help.\n");

    private static string Help(string program, string purpose, Flag[] flags, OperatorOptions defaults)
    {
        var width = flags.Max(f => f.Name.Length + f.Default(defaults).Length) + 5;
        var text = new StringBuilder().Append(purpose).Append("\n\nUsage: ").Append(program).Append(" [flags]\n\nFlags (with their defaults):\n");
        foreach (var flag in flags)
            text.Append("  ").Append($"--{flag.Name}={flag.Default(defaults)}".PadRight(width)).Append(flag.Help).Append('\n');
        text.Append("  ").Append("--help".PadRight(width)).Append("Print this.\n\n");
        text.Append("Every flag can also be given as an environment variable: --log-level as KUBEDB_LOG_LEVEL.\n");
        text.Append("Traces are sent when OTEL_EXPORTER_OTLP_ENDPOINT is set; the other OTEL_EXPORTER_OTLP_* variables apply too.\n");
        return text.ToString();
    }

    private sealed record Flag(
        string Name, Func<OperatorOptions, string> Default, string Help, Func<OperatorOptions, string, OperatorOptions?> Set, bool IsSwitch = false)
    {
        public string Variable => "KUBEDB_" + Name.Replace('-', '_').ToUpperInvariant();
    }
}
