using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nito.AsyncEx;

namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>
/// Credentials from a program (<c>users[].user.exec</c>; <c>client.authentication.k8s.io</c> v1 and v1beta1). Run when there are none, when
/// they expire, and when the server refused them; never twice at a time.
/// </summary>
internal sealed class ExecPlugin : ICredentialSource
{
    private const int LongestOutput = 1 << 20;
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(10);
    private readonly ExecPluginCommand _command;
    private readonly ClientIdentity? _identity;
    private readonly TimeProvider _time;
    private readonly AsyncLock _one = new();
    private volatile ExecCredential? _current;

    private ExecPlugin(ExecPluginCommand command, ClientIdentity? identity, TimeProvider time)
    {
        _command = command;
        _identity = identity;
        _time = time;
    }

    /// <summary>Reads the <c>exec</c> mapping of a user.</summary>
    /// <exception cref="KubernetesConfigurationException">It is not usable.</exception>
    public static ExecPlugin From(YamlView exec, YamlView cluster, string where, ConfigurationSource source, ClientIdentity? identity) =>
        new(ExecPluginCommand.From(exec, cluster, where), identity, source.Time);

    /// <inheritdoc/>
    public async ValueTask<Credential> GetAsync(CancellationToken cancel)
    {
        if (Usable(_current) is { } known)
            return known;

        // A lock that is free is given also to a caller that was cancelled.
        cancel.ThrowIfCancellationRequested();
        using (await _one.LockAsync(cancel))
        {
            if (Usable(_current) is { } fresh)
                return fresh;
            var output = await RunAsync(cancel);
            var credential = ExecCredential.Parse(output, _command, _identity);
            _current = credential;
            return credential.Credential;
        }
    }

    /// <inheritdoc/>
    public bool Refuse(Credential refused)
    {
        var current = _current;
        if (ReferenceEquals(current?.Credential, refused))
            Interlocked.CompareExchange(ref _current, null, current);
        return true;
    }

    private Credential? Usable(ExecCredential? credential) =>
        credential is not null && (credential.Expires is not { } end || _time.GetUtcNow() < end - RenewBefore) ? credential.Credential : null;

    private async Task<string> RunAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(RunLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        using var process = new Process { StartInfo = _command.StartInfo() };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw _command.Failure($"can not be started: {e.Message}", hint: true, e);
        }

        try
        {
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, either.Token);
            var complaint = ReadAsync(process.StandardError, either.Token);
            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0)
                throw _command.Failure($"ended with exit code {process.ExitCode} and said: {Shorten(await complaint)}", hint: false);
            return await output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            throw _command.Failure($"did not end within {RunLimit.TotalSeconds:0} s and was stopped", hint: false);
        }
    }

    /// <summary>Reads to the end and keeps the beginning: what is longer is no credential, and must not fill the memory.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer, cancel) is > 0 and var read)
            text.Append(buffer, 0, Math.Min(read, LongestOutput - text.Length));
        return text.ToString();
    }

    private static string Shorten(string text)
    {
        text = text.Trim();
        return text.Length switch { 0 => "nothing", > 500 => "…" + text[^500..], _ => text };
    }
}

/// <summary>What the program answered.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Expires">When it expires; null for when the server refuses it.</param>
internal sealed record ExecCredential(Credential Credential, DateTimeOffset? Expires)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads the program's standard output.</summary>
    /// <exception cref="KubernetesConfigurationException">It is not what it has to be.</exception>
    public static ExecCredential Parse(string output, ExecPluginCommand command, ClientIdentity? identity)
    {
        var root = ParseObject(output, command);
        if (Text(root, "kind") != "ExecCredential" || Text(root, "apiVersion") != command.ApiVersion)
            throw command.Failure($"printed kind '{Text(root, "kind")}' of '{Text(root, "apiVersion")}', not ExecCredential of {command.ApiVersion}; make the plugin and exec.apiVersion agree", hint: false);
        var status = root["status"] as JsonObject;
        var (token, certificate, key) = (Text(status, "token"), Text(status, "clientCertificateData"), Text(status, "clientKeyData"));
        if (token is null && certificate is null)
            throw command.Failure("printed neither status.token nor status.clientCertificateData", hint: false);
        if (certificate is null != key is null)
            throw command.Failure("printed only one of status.clientCertificateData and status.clientKeyData; both are needed", hint: false);
        var expires = Text(status, "expirationTimestamp");
        if (expires is not null && !DateTimeOffset.TryParse(expires, System.Globalization.CultureInfo.InvariantCulture, out _))
            throw command.Failure($"printed status.expirationTimestamp '{expires}', which is no RFC 3339 time", hint: false);
        return new ExecCredential(
            new Credential(
                token is null ? null : "Bearer " + token,
                certificate is null ? identity : ClientIdentity.FromPem(certificate, key!, command.Where + ": " + command.Program)),
            expires is null ? null : DateTimeOffset.Parse(expires, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static JsonObject ParseObject(string output, ExecPluginCommand command)
    {
        try
        {
            if (JsonNode.Parse(output, documentOptions: Strict) is JsonObject root)
                return root;
        }
        catch (JsonException)
        {
            // The output may hold a token, so it is not quoted.
        }

        throw command.Failure("did not print a JSON object on its standard output", hint: false);
    }

    private static string? Text(JsonObject? parent, string field) =>
        parent?[field] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
