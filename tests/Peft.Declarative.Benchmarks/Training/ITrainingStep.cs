namespace Peft.Declarative.Benchmarks.Training;

/// <summary>One way to do a training step.</summary>
internal interface ITrainingStep : IDisposable
{
    /// <summary>Stands in the table.</summary>
    string Name { get; }

    /// <summary>Does one whole step and gives its loss; NaN where there is none.</summary>
    double Run();
}
