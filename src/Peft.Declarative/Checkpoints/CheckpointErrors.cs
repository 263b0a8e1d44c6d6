using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>Errors that several readers and writers of checkpoint files share.</summary>
internal static class CheckpointErrors
{

    internal static PeftException MissingTensor(string path, string name, IReadOnlyList<string> names)
    {
        string there = names.Count == 0 ? "It holds no tensors." : FormattableString.Invariant($"It holds {names.Count:N0}: {ProblemList.Of([.. names.Select(UntrustedText.Shown)])}.");
        return new PeftException(RuleIds.ModelUnreadable, $"'{path}' has no tensor '{UntrustedText.Shown(name)}'. {there}");
    }

    internal static PeftException PickleOnly(string directory, string pickle, string wanted, string id) => new(id,
        $"'{directory}' holds its weights only as '{pickle}', a pickle. A pickle can run arbitrary code when it is opened, so this library never opens one. "
        + $"Convert it once with the converter of the safetensors project (bindings/python/convert.py) and put '{wanted}' into the directory.");
}
