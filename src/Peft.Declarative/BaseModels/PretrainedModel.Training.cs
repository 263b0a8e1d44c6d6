using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

// The interface to the training loop.
public abstract partial class PretrainedModel : ITrainable
{
    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Value)> TrainableParameters => Adapters.TrainableParameters;

    /// <summary>
    /// Changes the declared plan for the training runs of this model. <see langword="null"/> (the default) uses the declared plan.
    /// </summary>
    /// <example>
    /// <code>
    /// model.ChangePlan = plan => plan with { OutputDirectory = "runs/elon", Resume = true };
    /// </code>
    /// </example>
    public Func<TrainingPlan, TrainingPlan>? ChangePlan { get; set; }

    /// <inheritdoc/>
    public virtual bool PredictsFirstToken => false;

    /// <inheritdoc/>
    public virtual bool PredictsFirstTokenOf(string? adapter) => PredictsFirstToken;

    /// <inheritdoc/>
    public virtual bool LearnsClasses => false;

    /// <inheritdoc/>
    public virtual TrainingRowKind? ReadsRows => LearnsClasses ? TrainingRowKind.Class : TrainingRowKind.Text;

    /// <inheritdoc/>
    public virtual Tensor? DecoderIds(Tensor labels) => null;

    /// <inheritdoc/>
    public virtual bool SeesPadding => false;

    /// <inheritdoc/>
    public virtual string? PackingObstacle => RuleTexts.PackingNeedsDecoder;

    /// <inheritdoc/>
    public abstract Tensor SumLoss(MicroBatch micro);

    /// <summary>Computes the sum of the losses of labels, chunk by chunk.</summary>
    /// <param name="hidden">The hidden states before the head [batch, positions, hidden].</param>
    /// <param name="micro">The rows.</param>
    /// <param name="head">Computes logits from hidden states.</param>
    /// <param name="labelled">Pairs hidden states with the labels that they predict.</param>
    private protected Tensor LossOf(
        Tensor hidden, MicroBatch micro, Func<Tensor, Tensor> head, Func<Tensor, MicroBatch, (Tensor Hidden, Tensor Targets)> labelled)
    {
        Tensor Loss((Tensor Hidden, Tensor Targets) rows) => ChunkedCrossEntropy.Sum(rows.Hidden, rows.Targets, head, TrainedLeaves(), halves: GradientCheckpointing);
        if (Adapters.Routing.Current is not { IsUniform: false } routing)
        {
            return Loss(labelled(hidden, micro));
        }

        // The head sees places and not rows of the batch, and its adapters must be those of the rows.
        Tensor[] states = routing.Split(hidden);
        Tensor[] labels = routing.Split(micro.Labels);
        Tensor? sum = null;
        for (int i = 0; i < states.Length; i++)
        {
            RowSegment segment = routing.Segments[i];
            using RoutingPass only = Adapters.Routing.Enter(routing.Only(segment));
            Tensor loss = Loss(labelled(segment.WithoutPadding(states[i]), micro.Rows(segment.Rows, labels[i])));
            sum = sum is null ? loss : sum.add(loss, Scalars.One);
        }

        return sum!;
    }

    /// <summary>Everything in the model that autograd gives a gradient: what adapters train, the base if it is trained itself, and what a method measures with.</summary>
    /// <remarks>Mostly nobody enumerates it, so it only begins to search when somebody does.</remarks>
    private protected IEnumerable<Tensor> TrainedLeaves()
    {
        foreach (Tensor tensor in parameters().Concat(modules().OfType<ExplicitLayer>().SelectMany(layer => layer.OtherTensors)))
        {
            if (tensor.requires_grad)
            {
                yield return tensor;
            }
        }
    }

    /// <summary>Enters the computation of a loss. A merged adapter cannot be trained, because its tensors are not part of the computation.</summary>
    private protected ModelUse.Use BeginLoss(MicroBatch micro)
    {
        ArgumentNullException.ThrowIfNull(micro);
        ModelUse.Use use = Adapters.Use.Compute();
        try
        {
            // Only now: a model that another thread disposes has no mode to read.
            if (training && is_grad_enabled())
            {
                Adapters.RefuseWhileMerged("be trained");
            }

            return use;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }
}
