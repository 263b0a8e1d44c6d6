using Peft.Declarative.Checkpoints;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.MultitaskPromptTuning;

/// <summary>The adapter of source tasks from which one for target tasks starts.</summary>
/// <param name="path">Its directory, or its file of tensors.</param>
internal sealed class SourceTasks(string path)
{
    internal const string Shared = "prompt_embeddings";
    internal const string Columns = "prefix_task_cols";
    internal const string Rows = "prefix_task_rows";

    /// <summary>Copies the shared prompt, and the mean of its tasks or one of them to every task.</summary>
    /// <param name="tensors">The shared prompt and the factors.</param>
    /// <param name="init">What is copied.</param>
    /// <param name="task">The source task, if one is meant.</param>
    internal void CopyTo(IReadOnlyList<AdapterTensor> tensors, MultitaskPromptInit init, int task)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> source = Read();
        foreach (AdapterTensor target in tensors.Where(tensor => tensor.Key == Shared || init != MultitaskPromptInit.OnlySourceShared))
        {
            if (!source.TryGetValue(target.Key, out Tensor? value))
            {
                throw Problem($"it has no tensor '{target.Key}'");
            }

            target.Value.copy_(Fitting(target, target.Key == Shared ? value : Chosen(value, init, task)));
        }
    }

    private Tensor Chosen(Tensor tasks, MultitaskPromptInit init, int task) =>
        init == MultitaskPromptInit.AverageSourceTasks ? tasks.to(ScalarType.Float32).mean([0], keepdim: true)
        : task < tasks.size(0) ? tasks.narrow(0, task, 1)
        : throw Problem($"InitTask is {task}, but its tasks go from 0 to {tasks.size(0) - 1}");

    private Tensor Fitting(AdapterTensor target, Tensor value)
    {
        long[] wanted = target.Value.shape, found = value.shape;
        return wanted.Length == found.Length && wanted.Skip(target.Key == Shared ? 0 : 1).SequenceEqual(found.Skip(target.Key == Shared ? 0 : 1)) ? value
            : throw Problem($"its '{target.Key}' is [{string.Join(", ", found)}], not [{string.Join(", ", wanted)}]");
    }

    private Dictionary<string, Tensor> Read()
    {
        if (path.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return file.Names.ToDictionary(name => name, name => file.Read(name).clone(), StringComparer.Ordinal);
        }

        using AdapterFiles files = AdapterDirectory.Read(path);
        return files.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.clone(), StringComparer.Ordinal);
    }

    private PeftException Problem(string what) => new(RuleIds.AdapterDoesNotFit,
        $"A prompt cannot start from '{UntrustedText.Shown(path)}': {what}. Start from an adapter of multitask prompt tuning with as many tokens and ranks, on a base of the same width.");
}
