using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Runtime;
using Peft.Declarative.Orleans.Answers;

namespace Peft.Declarative.Orleans.Silos;

/// <summary>Answers other silos from the model of this one.</summary>
[Reentrant, SiloPlacement, GrainDirectory(SiloDirectory.Name), GrainType("peft.silo")]
internal sealed class SiloGrain(LocalAnswers answers, LocalSilo silo) : Grain, ISiloGrain
{
    public Task<SiloReport> ReportAsync() => Task.FromResult(silo.Report());

    public IAsyncEnumerable<AnswerPart> AnswerAsync(AnswerRequest request, CancellationToken cancellation) =>
        answers.RunAsync(request.Job(), cancellation);

    public Task LoadAsync(string name, CancellationToken cancellation) => silo.LoadAsync(name, cancellation);

    public Task<bool> UnloadAsync(string name) => silo.UnloadAsync(name);
}
