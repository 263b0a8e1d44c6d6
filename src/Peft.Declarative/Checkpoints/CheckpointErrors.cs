using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>Errors that several readers and writers of checkpoint files share.</summary>
internal static class CheckpointErrors
{
    /// <summary>Requires a directory to write to. An empty path would mean the directory that the program was started in.</summary>
    /// <exception cref="PeftException">PEFT502: the path is empty.</exception>
    internal static void RequireTarget(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (directory.Length == 0)
        {
            throw new PeftException(RuleIds.FileNotWritten, "The path of the directory to save to is empty. Name one, such as 'personas/captain'.");
        }
    }

    internal static PeftException MissingTensor(string path, string name, IReadOnlyList<string> names)
    {
        string there = names.Count == 0 ? "It holds no tensors." : FormattableString.Invariant($"It holds {names.Count:N0}: {ProblemList.Of([.. names.Select(UntrustedText.Shown)])}.");
        return new PeftException(RuleIds.ModelUnreadable, $"'{path}' has no tensor '{UntrustedText.Shown(name)}'. {there}");
    }

    internal static PeftException PickleOnly(string directory, string pickle, string wanted, string id) => new(id,
        $"'{directory}' holds its weights only as '{pickle}', a pickle. A pickle can run arbitrary code when it is opened, so this library never opens one. "
        + $"Convert it once with the converter of the safetensors project (bindings/python/convert.py) and put '{wanted}' into the directory.");
}
