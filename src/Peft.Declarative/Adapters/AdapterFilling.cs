using Peft.Declarative.Checkpoints;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// Copies the tensors of files into an adapter. The match is strict: every tensor of both sides has a counterpart, or nothing is copied.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="adapter">The adapter, on the model.</param>
/// <param name="files">The files.</param>
/// <param name="directory">The directory of the files, for messages.</param>
internal sealed class AdapterFilling(nn.Module model, Adapter adapter, AdapterFiles files, string directory)
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private HashSet<string> _unused = [];
    private Dictionary<string, Tensor> _saved = [];

    /// <summary>The settings of the file that would change the meaning of its tensors. The default is an empty list.</summary>
    internal IReadOnlyList<string> Conflicts { get; init; } = [];

    /// <summary>Whether the adapter was on the model before and has its own sizes. The default is <see langword="false"/>.</summary>
    internal bool IsPresent { get; init; }

    /// <summary>The warnings.</summary>
    internal IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Checks and copies all tensors.</summary>
    /// <exception cref="PeftException">PEFT702: the files do not fit. The message lists every problem and says what to do.</exception>
    internal void Run()
    {
        using DisposeScope scope = NewDisposeScope();   // views for the comparison are disposed, also if the files are refused
        _problems.AddRange(Conflicts);
        _saved = Named();
        _unused = [.. _saved.Keys];
        var vocabulary = new VocabularyTensors(model, (model as IBaseModel)?.VocabularySize ?? 0, (model as IBaseModel)?.OriginalVocabularySize ?? 0);
        MatchTrained(vocabulary);
        _unused.ExceptWith(adapter.Reparameterized.Where(tensor => tensor.IsMade).Select(tensor => tensor.Key));   // their networks are filled instead
        vocabulary.Take(_saved, _unused, _problems);
        FrozenTensor[] frozen = MatchFrozen();
        _problems.AddRange(_unused.Order(StringComparer.Ordinal).Select(key => $"'{UntrustedText.Shown(key)}' has no counterpart in the model"));
        if (_problems.Count > 0)
        {
            throw new PeftException(RuleIds.AdapterDoesNotFit,
                $"The adapter in '{directory}' does not fit this model: {ProblemList.Of(_problems)}. {Advice(vocabulary)}");
        }

        RequireFinite();
        Copy(frozen, vocabulary);
    }

    private void Copy(FrozenTensor[] frozen, VocabularyTensors vocabulary)
    {
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors.Where(tensor => _saved.ContainsKey(tensor.Key)))
        {
            tensor.Value.copy_(_saved[tensor.Key]);
        }

        foreach (FrozenTensor tensor in frozen.Where(tensor => !tensor.BelongsToBase))
        {
            tensor.Value.copy_(_saved[tensor.Key]);
        }

        vocabulary.CopyRows();
    }

    // The tensors of the files by the names that the model expects.
    private Dictionary<string, Tensor> Named()
    {
        string[] expected = [.. adapter.Tensors.Where(tensor => !tensor.ForTraining && !tensor.Optional).Select(tensor => tensor.Key)];
        Dictionary<string, Tensor> saved = new(files.Training, StringComparer.Ordinal);
        (IReadOnlyDictionary<string, string> Names, string Change)? repaired =
            adapter.AdapterHubName is null ? TensorNameRepair.Of([.. files.Tensors.Keys], expected) : null;
        foreach ((string name, Tensor value) in files.Tensors)
        {
            saved[repaired is { } known ? known.Names[name] : name] = value;
        }

        if (repaired is { } change)
        {
            _warnings.Add($"{RuleIds.AdapterDoesNotFit}: The tensor names in '{directory}' {change.Change}. They were read as those of this model. "
                + "Save the adapter again to write the usual names.");
        }

        return saved;
    }

    private void MatchTrained(VocabularyTensors vocabulary)
    {
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            if (!_unused.Remove(tensor.Key))
            {
                if (!tensor.Optional)
                {
                    _missing.Add(tensor.Key);
                    _problems.Add($"'{UntrustedText.Shown(tensor.Key)}' is missing");
                }
            }
            else if (!_saved[tensor.Key].shape.SequenceEqual(tensor.Value.shape))
            {
                vocabulary.IsGrown(_saved[tensor.Key], tensor.Value.shape);
                _problems.Add($"'{UntrustedText.Shown(tensor.Key)}' is [{string.Join(", ", _saved[tensor.Key].shape)}], "
                    + $"but the model needs [{string.Join(", ", tensor.Value.shape)}]");
            }
        }
    }

    private FrozenTensor[] MatchFrozen()
    {
        FrozenTensor[] frozen = [.. AdapterFile.Frozen(adapter).Where(tensor => _unused.Remove(tensor.Key))];
        foreach (FrozenTensor tensor in frozen)
        {
            Tensor value = _saved[tensor.Key];
            if (tensor.BelongsToBase ? !BaseWeights.Same(value, tensor.Value) : !value.shape.SequenceEqual(tensor.Value.shape))
            {
                _problems.Add(tensor.BelongsToBase
                    ? $"'{UntrustedText.Shown(tensor.Key)}' is another base model's weight"
                    : $"'{UntrustedText.Shown(tensor.Key)}' is [{string.Join(", ", value.shape)}], but the model needs [{string.Join(", ", tensor.Value.shape)}]");
            }
            else if (tensor.Check?.Invoke(value) is { } problem)
            {
                _problems.Add($"'{UntrustedText.Shown(tensor.Key)}' {problem}");
            }
        }

        return frozen;
    }

    // The most likely cause, and what to do about it.
    private string Advice(VocabularyTensors vocabulary)
    {
        if (vocabulary.Grown is { } tokens)
        {
            return $"It was trained on a vocabulary of {tokens} tokens. Call ResizeEmbeddings({tokens}) before you attach or load adapters, and load it again.";
        }

        string names = _missing.Count > 0 && _unused.Count > 0
            ? $"Its names are like '{UntrustedText.Shown(_unused.Min(StringComparer.Ordinal)!)}', and those of this model like '{UntrustedText.Shown(_missing.Min(StringComparer.Ordinal)!)}'. "
            : "";
        if (IsPresent)
        {
            return $"{names}The name '{adapter.Name}' belongs to an adapter of other sizes or settings. Load this one under a name of its own: "
                + "LoadAdapter(directory, \"other\").";
        }

        string trainedOn = JsonScalar.Text(files.Config["base_model_name_or_path"]) is { Length: > 0 } name ? $", '{UntrustedText.Shown(name)}'" : "";
        return $"{names}Load it on the base model it was trained on{trainedOn}.";
    }

    private void RequireFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        string[] bad =
        [
            .. _saved.Where(entry => entry.Value.is_floating_point() && entry.Value.numel() > 0 && !entry.Value.isfinite().all().item<bool>())
                .Select(entry => $"'{UntrustedText.Shown(entry.Key)}'").Order(StringComparer.Ordinal),
        ];
        if (bad.Length > 0)
        {
            throw new PeftException(RuleIds.AdapterDoesNotFit,
                $"The adapter in '{directory}' has values that are NaN or infinite in {ProblemList.Of(bad)}, because its training diverged. "
                + "Use an earlier checkpoint, or train it again with a lower learning rate.");
        }
    }
}
