using Peft.Declarative.BaseModels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Compares what a model computes with and without an optimization.</summary>
internal static class SameGradients
{
    /// <summary>The number of labels of the sample ids: all but the first of each row.</summary>
    internal const float Labels = 12;

    private const double Tolerance = 1e-6;

    /// <summary>Asserts that the loss and all gradients are the same.</summary>
    /// <param name="model">The model.</param>
    /// <param name="micro">The rows.</param>
    /// <param name="enable">Switches the optimization.</param>
    /// <param name="trains">Whether the model has gradients.</param>
    /// <param name="rounding">The part of its greatest element by which a gradient may differ besides. The default is 0.</param>
    internal static void With(CausalLanguageModel model, MicroBatch micro, Action<bool> enable, bool trains = true, double rounding = 0)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor loss, Tensor[] gradients) = Of(model, micro, trains);
        Assert.Equal(trains ? model.TrainableParameters.Count : 0, gradients.Length);
        enable(false);
        try
        {
            (Tensor expected, Tensor[] expectedGradients) = Of(model, micro, trains);
            Close.To(expected, loss, Tolerance, "loss");

            // To a part of the whole gradient, not of each: that of a key is a sum whose terms are larger and cancel, because attention does not change when all keys
            // change alike, and either way is off by the rounding of the terms.
            double ofAll = Tolerance * Math.Max(1, Math.Sqrt(expectedGradients.Sum(gradient => Math.Pow(gradient.norm().item<float>(), 2))));
            for (int i = 0; i < gradients.Length; i++)
            {
                double allowed = ofAll + (rounding * expectedGradients[i].abs().max().item<float>());
                Close.To(expectedGradients[i], gradients[i], allowed, $"gradient {i}");
            }
        }
        finally
        {
            enable(true);
        }
    }

    /// <summary>The loss of each label, and the gradients of the trained parameters.</summary>
    internal static (Tensor Loss, Tensor[] Gradients) Of(CausalLanguageModel model, MicroBatch micro, bool trains = true)
    {
        random.manual_seed(5).Dispose();   // of dropout
        Tensor loss = model.SumLoss(micro) / Labels;
        if (!trains)
        {
            return (loss.detach(), []);
        }

        loss.backward();
        Tensor[] gradients = [.. model.TrainableParameters.Select(parameter => parameter.Value.grad is { } gradient ? gradient.clone() : zeros(1))];
        foreach ((_, Parameter value) in model.TrainableParameters)
        {
            value.grad = null;
        }

        return (loss.detach(), gradients);
    }
}
