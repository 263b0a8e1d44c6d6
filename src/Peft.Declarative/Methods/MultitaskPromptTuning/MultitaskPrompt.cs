using Peft.Declarative.Adapters;
using Peft.Declarative.Methods.PromptTuning;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.MultitaskPromptTuning;

/// <summary>
/// Virtual tokens [tokens, hidden] that are prepended to the embedded text: those that all tasks share, times a matrix of low rank of the row's task. Wang et al.
/// 2023, arXiv 2303.02861.
/// </summary>
/// <remarks>
/// In an encoder-decoder there are twice as many, the second half for the decoder: the reference library creates and saves them, and uses the
/// first half only.
/// </remarks>
public sealed class MultitaskPrompt : Prompt
{
    // The deviation of the factors at the start. It is that of the reference library; the paper does not give one.
    private const double Deviation = 0.02;

    private readonly Parameter _shared;     // [tokens, hidden]
    private readonly Parameter _columns;    // [tasks, tokens, rank]
    private readonly Parameter _rows;       // [tasks, rank, hidden]

    /// <summary>Creates a prompt for a model.</summary>
    /// <param name="model">The base model, whose embedding determines the width, and the values for one of the initializations.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="tokens">The number of virtual tokens, at least 1.</param>
    /// <param name="tasks">The number of tasks, at least 1.</param>
    /// <param name="ranks">The rank of the matrix of each task, at least 1.</param>
    /// <param name="init">The initialization.</param>
    /// <param name="text">The text for <see cref="MultitaskPromptInit.Text"/>.</param>
    /// <param name="tokenizer">The directory of the tokenizer for the text. The default is the base model's directory.</param>
    /// <param name="source">The directory of the adapter for initializations that start from source tasks, or its file of tensors.</param>
    /// <param name="sourceTask">The task of it for <see cref="MultitaskPromptInit.ExactSourceTask"/>.</param>
    /// <exception cref="PeftException">
    /// PEFT202: a number is out of range, or the text or the other adapter is missing. PEFT702: the other adapter does not fit.
    /// </exception>
    public MultitaskPrompt(
        PretrainedModel model, string adapter, int tokens, int tasks, int ranks = 1, MultitaskPromptInit init = MultitaskPromptInit.Random,
        string? text = null, string? tokenizer = null, string? source = null, int sourceTask = 0)
        : base(nameof(MultitaskPrompt), adapter, tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        MultitaskPromptTuningFacts.Method.Require(model.GetType().Name, ("tokens", tokens), ("tasks", tasks), ("ranks", ranks), ("InitTask", sourceTask));
        int rows = tokens * model.PromptStacks;
        PromptInit shared = init == MultitaskPromptInit.Text ? PromptInit.Text : PromptInit.Random;
        _shared = PromptStart.Draw(model, rows, shared, text, tokenizer, MultitaskPromptTuningFacts.Method.Name);
        _columns = Draw([tasks, rows, ranks], model.Device);
        _rows = Draw([tasks, ranks, model.Config.HiddenSize], model.Device);
        if (MultitaskPromptTuningFacts.ReadsAdapter(init))
        {
            var start = new SourceTasks(source ?? throw new PeftException(RuleIds.OutOfRange, MultitaskPromptTuningFacts.InitAdapterMissing(model.GetType().Name)));
            start.CopyTo([.. Tensors], init, sourceTask);
        }

        foreach (AdapterTensor tensor in Tensors)
        {
            register_parameter(tensor.Key, tensor.Value);
        }
    }

    // Under their names in the adapter's file and in the model's state.
    private IEnumerable<AdapterTensor> Tensors =>
        [new AdapterTensor(SourceTasks.Shared, _shared), new AdapterTensor(SourceTasks.Columns, _columns), new AdapterTensor(SourceTasks.Rows, _rows)];

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => Tensors;

    internal override Tensor Vectors(int? task)
    {
        int own = task ?? 0;   // only if there is one
        return _columns.select(0, own).narrow(0, 0, Tokens).mm(_rows.select(0, own)).mul(_shared.narrow(0, 0, Tokens));
    }

    private static Parameter Draw(long[] shape, Device device)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return (Parameter)new Parameter(randn(shape, device: device).mul(Scalars.Of(Deviation))).DetachFromDisposeScope();
    }
}
