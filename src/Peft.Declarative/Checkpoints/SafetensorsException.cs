using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>PEFT501: a file breaks a rule of the safetensors format. Nothing of it was loaded.</summary>
public sealed class SafetensorsException : PeftException
{
    private const string Remedy = "Download or copy the file again, or write it anew with a safetensors library.";

    internal SafetensorsException(
        SafetensorsViolation violation, string file, string problem, string? tensor = null, string remedy = Remedy, Exception? inner = null)
        : base(RuleIds.SafetensorsUnreadable, $"'{file}' breaks the safetensors format ({violation}): {problem}. {remedy}", inner)
    {
        Violation = violation;
        File = file;
        Tensor = tensor;
    }

    /// <summary>The broken rule.</summary>
    public SafetensorsViolation Violation { get; }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>Name of the tensor that breaks the rule; null if the file as a whole does.</summary>
    public string? Tensor { get; }
}
