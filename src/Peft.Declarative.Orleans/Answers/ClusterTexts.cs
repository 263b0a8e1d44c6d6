using System.Text.Json.Nodes;
using Peft.Declarative.Orleans.Silos;
using Peft.Declarative.Serving.Http;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Orleans.Answers;

/// <summary>Answers requests from the silos of the cluster.</summary>
internal sealed class ClusterTexts(TextEngine engine, PersonaStore store, LocalSilo local, SiloTable silos) : ITextSource
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Personas => [.. silos.Serving.SelectMany(silo => silo.Report.Personas).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public int Waiting => silos.Serving.Sum(silo => silo.Report.Waiting);

    /// <inheritdoc/>
    public bool Has(string name) => silos.Serving.Any(silo => silos.Serves(silo, name));

    /// <inheritdoc/>
    public async Task<ITextTurn?> EnterAsync(TextJob job, CancellationToken cancellation)
    {
        if (job.Settings.Processors.Count > 0)
        {
            return await engine.EnterAsync(job, cancellation).ConfigureAwait(false);   // code of this program cannot be sent
        }

        var turn = new ClusterTurn(silos, store, job);
        try
        {
            return await turn.OpenAsync(cancellation).ConfigureAwait(false) ? turn : null;
        }
        catch
        {
            await turn.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task LoadAsync(string name, CancellationToken cancellation)
    {
        IReadOnlyList<SiloReply> replies = await silos.AskServingAsync(
            async grain =>
            {
                await (grain?.LoadAsync(name, cancellation) ?? local.LoadAsync(name, cancellation)).ConfigureAwait(false);
                return true;
            },
            cancellation).ConfigureAwait(false);
        await silos.RefreshAsync().ConfigureAwait(false);
        if (SiloReply.ProblemOf(name, replies) is { } problem)
        {
            throw problem;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> UnloadAsync(string name)
    {
        IReadOnlyList<SiloReply> replies = await silos.AskServingAsync(
            grain => grain?.UnloadAsync(name) ?? local.UnloadAsync(name), CancellationToken.None).ConfigureAwait(false);
        await silos.RefreshAsync().ConfigureAwait(false);
        return replies.FirstOrDefault(reply => reply.Problem is not null) is { Problem: { } problem } ? throw problem : replies.Any(reply => reply.Had);
    }

    /// <inheritdoc/>
    public void Describe(JsonObject health) => health["silos"] = new JsonArray([.. silos.All.Select(silo => new JsonObject
    {
        ["name"] = silo.Name,
        ["status"] = silo.IsForeign ? "other base model" : silo.Report.Stopping ? "stopping" : "ok",
        ["load"] = silo.Report.Load,
        ["waiting"] = silo.Report.Waiting,
        ["personas"] = silo.Report.Personas.Count,
        ["resident"] = silo.Report.Resident.Count,
        ["not_served"] = AdapterEndpoint.Texts(silo.Report.NotServed),
        ["warnings"] = AdapterEndpoint.Texts(silo.Report.Warnings),
    })]);
}
