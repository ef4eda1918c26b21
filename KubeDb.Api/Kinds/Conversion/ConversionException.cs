using System.Diagnostics.CodeAnalysis;

namespace KubeDb.Api.Kinds.Conversion;

/// <summary>An object can not be converted; the message says which field, what it holds and what to do.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It always says why.")]
public sealed class ConversionException(string message) : Exception(message);
