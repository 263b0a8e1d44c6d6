using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>PEFT501: a file violates the safetensors format. None of its tensors were loaded.</summary>
public sealed class SafetensorsException : PeftException
{
    private const string Remedy = "Download or copy the file again, or write it again with a safetensors library.";

    internal SafetensorsException(
        SafetensorsViolation violation, string file, string problem, string? tensor = null, string remedy = Remedy, Exception? inner = null)
        : base(RuleIds.SafetensorsUnreadable, $"'{file}' breaks the safetensors format ({violation}): {problem}. {remedy}", inner)
    {
        Violation = violation;
        File = file;
        Tensor = tensor;
    }

    /// <summary>The rule that the file violates.</summary>
    public SafetensorsViolation Violation { get; }

    /// <summary>The path of the file.</summary>
    public string File { get; }

    /// <summary>The name of the tensor that violates the rule, or <see langword="null"/> if the problem concerns the whole file.</summary>
    public string? Tensor { get; }
}
