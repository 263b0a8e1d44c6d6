using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>A training run, as an adapter method sees it.</summary>
public interface ITrainingRun
{
    /// <summary>The number of completed optimizer steps, including those before the run was resumed.</summary>
    long StepsDone { get; }

    /// <summary>The number of optimizer steps of the whole run.</summary>
    long TotalSteps { get; }

    /// <summary>
    /// Runs the backward pass of a penalty, a loss that does not depend on rows, and adds its gradients to those of the current step. If several processes
    /// train together, each adds its share.
    /// </summary>
    /// <param name="penalty">The penalty, a scalar.</param>
    void BackwardPenalty(Tensor penalty);

    /// <summary>Adds tensors of a method to the saved state of the run. If the run was resumed, they are set to their saved values.</summary>
    /// <param name="tensors">The tensors, with names that are unique in the run.</param>
    /// <exception cref="PeftException">PEFT407: the saved state does not contain the tensors, or contains them with other sizes.</exception>
    void Keep(IReadOnlyList<(string Name, Tensor Value)> tensors);
}
