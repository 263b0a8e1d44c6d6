using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Serving.Protocol;

/// <summary>A request that cannot be answered, with what OpenAI's protocol says of it.</summary>
/// <param name="status">The status of the response.</param>
/// <param name="code">The code of the error, such as <c>model_not_found</c>; <see langword="null"/> without one.</param>
/// <param name="message">What is wrong, and what to do.</param>
internal sealed class ProtocolException(int status, string? code, string message) : Exception(message)
{
    internal int Status => status;

    internal string? Code => code;

    /// <summary>The type of the error in OpenAI's protocol.</summary>
    internal string Type => Status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    /// <summary>The parameter that is wrong, where one is.</summary>
    internal string? Parameter { get; init; }

    /// <summary>The error of the library as the protocol says it: what the client can change is its fault, everything else the server's.</summary>
    internal static ProtocolException Of(PeftException error) => error.Id switch
    {
        RuleIds.NoSuchAdapter => new ProtocolException(404, "model_not_found", error.Message),
        RuleIds.PromptUnusable or RuleIds.InputUnusable => new ProtocolException(400, "context_length_exceeded", error.Message),
        RuleIds.TemplateUnusable or RuleIds.ChatUnsupported or RuleIds.GenerationOptionsOutOfRange => new ProtocolException(400, null, error.Message),
        RuleIds.ModelInUse or RuleIds.ModelDisposed or RuleIds.MachineLost => new ProtocolException(503, null, error.Message),
        _ => new ProtocolException(500, null, error.Message),
    };
}
