using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>
/// Cases of methods that draw random numbers in training. What the reference library recorded there, gradients too, is of draws that nobody knows, so it is
/// compared with many draws of our own: it must lie among them, neither too far from their mean nor too near to it.
/// </summary>
internal static class DrawnTraining
{
    private const int Passes = 48;
    private const int Courses = 12;

    // What does not depend on the draws is off by this much.
    private const double Rounding = 2e-6;

    private static readonly string[] Methods = ["POLY"];

    internal static bool Has(FixtureCase fixture) => Methods.Contains(fixture.Json["method"]?.GetValue<string>());

    internal static void Check(FixtureCase fixture, PretrainedModel model, Adapter adapter, IReadOnlyDictionary<string, Parameter> parameters)
    {
        string[] names = [.. fixture.Below("grad.").Select(entry => entry.Name)];
        Parameter[] trained = [.. names.Select(name => parameters[fixture.KeyOf(name)])];
        Tensor[] start = [.. trained.Select(parameter => parameter.detach().clone())];
        FixtureModel kind = FixtureModel.Of(model, fixture);
        model.train();

        (Tensor Loss, Tensor Gradient)[] passes = [.. Enumerable.Range(0, Passes).Select(seed =>
        {
            random.manual_seed(seed);
            Tensor loss = kind.Loss(adapter, fixture["input_ids"], fixture["attention_mask"], fixture["labels"]);
            loss.backward();
            Tensor gradient = Flat(trained.Select(parameter => parameter.grad!));
            Array.ForEach(trained, parameter => parameter.grad = null);
            return (loss.detach().view(1), gradient);
        })];
        IsAmong(fixture["loss_train_mode"], passes.Select(pass => pass.Loss), 0, 5, "loss in training mode");
        IsAmong(Flat(names.Select(name => fixture[$"grad.{name}"])), passes.Select(pass => pass.Gradient), 0.4, 2, "gradients");

        (Tensor Losses, Tensor Norms, Tensor Final)[] courses = [.. Enumerable.Range(0, Courses).Select(seed =>
        {
            Set(trained, start);
            random.manual_seed(seed);
            (Tensor losses, Tensor norms) = TrainingCheck.Steps(fixture, model, adapter, parameters);
            return (losses, norms, Flat(trained));
        })];
        IsAmong(fixture["train.losses"], courses.Select(course => course.Losses), 0.1, 3.5, "training losses");
        IsAmong(fixture["train.grad_norms"], courses.Select(course => course.Norms), 0.1, 3.5, "gradient norms");
        IsAmong(Flat(names.Select(name => fixture[$"train.final.{name}"])), courses.Select(course => course.Final), 0.4, 2.5, "values after training");
    }

    private static Tensor Flat(IEnumerable<Tensor> tensors) => cat([.. tensors.Select(tensor => tensor.detach().flatten())], 0);

    private static void Set(Parameter[] parameters, Tensor[] values)
    {
        using IDisposable untracked = no_grad();
        foreach ((Parameter parameter, Tensor value) in parameters.Zip(values))
        {
            parameter.copy_(value);
        }
    }

    // The distances from the mean in standard deviations, as their root mean square over all elements: 1 if the record is of the same distribution.
    private static void IsAmong(Tensor recorded, IEnumerable<Tensor> drawn, double least, double most, string what)
    {
        Tensor samples = stack([.. drawn]).to(ScalarType.Float64);
        Tensor distances = (recorded.to(ScalarType.Float64) - samples.mean([0])) / (samples.std(0) + Rounding);
        double typical = distances.square().mean().sqrt().item<double>();
        Assert.True(typical >= least && typical <= most, $"{what}: {typical:g3} standard deviations from the mean of our draws, allowed {least} to {most}");
    }
}
