using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>What a method sees of the training run that it takes part in.</summary>
public interface ITrainingRun
{
    /// <summary>Optimiser steps done so far, those before a resumption included.</summary>
    long StepsDone { get; }

    /// <summary>Optimiser steps of the whole run.</summary>
    long TotalSteps { get; }

    /// <summary>Adds the gradients of a loss to those of the step.</summary>
    /// <param name="loss">A scalar.</param>
    void Backward(Tensor loss);

    /// <summary>Saves tensors of a method with the state of the run, and fills them with their saved values if the run is resumed.</summary>
    /// <param name="tensors">Tensors under names that are unique in the run.</param>
    /// <exception cref="PeftException">PEFT407: the state to resume from lacks them, or has them in other sizes.</exception>
    void Keep(IReadOnlyList<(string Name, Tensor Value)> tensors);
}
