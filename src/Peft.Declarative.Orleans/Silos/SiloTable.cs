using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using Peft.Declarative.Orleans.Answers;
using Peft.Declarative.Serving.Personas;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Orleans.Silos;

/// <summary>The silos of the cluster with what each serves and has to do. It asks them at intervals, and at once when one joins or goes.</summary>
internal sealed partial class SiloTable(
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    IGrainFactory grains,
    LocalSilo local,
    LocalAnswers answers,
    TextEngine engine,
    IOptions<PeftClusterOptions> options,
    ILogger<SiloTable> log) : BackgroundService
{
    private const int MissedReports = 3;

    private readonly ConcurrentDictionary<SiloAddress, SiloState> _others = new();
    private readonly SiloState _self = new(self.SiloAddress, self.Name, local.Report());

    /// <summary>All silos that are heard of, this one first.</summary>
    internal IReadOnlyList<SiloState> All
    {
        get
        {
            _self.Update(local.Report());
            return [_self, .. _others.Values.OrderBy(silo => silo.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The silos that take requests for personas of this one's base model.</summary>
    internal IEnumerable<SiloState> Serving => All.Where(silo => silo is { IsForeign: false, Report.Stopping: false } && IsHeard(silo));

    /// <summary>Chooses the silo for a request.</summary>
    /// <param name="name">The persona that it names, or the base model.</param>
    /// <param name="without">Silos that have been tried.</param>
    /// <returns>The silo; <see langword="null"/> if no other serves this.</returns>
    internal SiloState? Choose(string name, IReadOnlySet<SiloAddress> without) =>
        SiloChoice.Of(name, [.. Serving.Where(silo => !without.Contains(silo.Address) && Serves(silo, name))], options.Value.SpillOver);

    /// <summary>Whether a silo serves a persona, or the base model.</summary>
    internal bool Serves(SiloState silo, string name) => name == silo.Report.BaseName || silo.Report.Personas.Contains(name)
        || (silo == _self && engine.Has(name) && !silo.Report.NotServed.ContainsKey(name));   // its files may be newer than the report

    /// <summary>Sends a request to a silo.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="job">The request.</param>
    /// <param name="text">What its persona is told before the prompt. If it is something else, the silo says so.</param>
    /// <param name="cancellation">Ends the answer.</param>
    internal IAsyncEnumerable<AnswerPart> Answer(SiloState silo, TextJob job, string? text, CancellationToken cancellation) => silo == _self
        ? answers.RunAsync(job with { Prompt = new PersonaPrompt(text, job.Prompt.After(text)) }, cancellation)
        : Grain(silo.Address).AnswerAsync(AnswerRequest.Of(job, text), cancellation);

    /// <summary>Asks all silos that serve for a change. One that is lost serves nothing any more, and is left out.</summary>
    /// <param name="ask">Asks one by its grain; by <see langword="null"/> this one, which needs none.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What they say, this one first; at least one reply.</returns>
    /// <exception cref="PeftException">PEFT906: none is there.</exception>
    internal async Task<IReadOnlyList<SiloReply>> AskServingAsync(Func<ISiloGrain?, Task<bool>> ask, CancellationToken cancellation)
    {
        SiloReply?[] replies = await Task.WhenAll(Serving.ToArray().Select(silo => AskAsync(silo, ask, cancellation))).ConfigureAwait(false);
        SiloReply[] said = [.. replies.OfType<SiloReply>()];
        return said.Length > 0 ? said : throw new PeftException(RuleIds.MachineLost, "No machine takes this at present. Try again later.");
    }

    /// <summary>Whether an error means that a silo is lost. One that is being stopped ends its rows, and may have disposed its model.</summary>
    internal static bool IsLoss(Exception failure) => failure is OrleansException or EnumerationAbortedException or TimeoutException or IOException
        or OperationCanceledException or ObjectDisposedException or PeftException { Id: RuleIds.ModelDisposed };

    /// <summary>Notes why a silo could not answer a request.</summary>
    internal void Note(SiloState silo, Exception reason) => LogFailed(silo.Name, reason);

    /// <summary>Sends a silo nothing until it reports again.</summary>
    internal void Forget(SiloState silo, Exception reason)
    {
        if (silo != _self && _others.TryRemove(silo.Address, out _))
        {
            LogLost(silo.Name, reason.Message);
        }
    }

    /// <summary>Asks all silos of the cluster what they serve.</summary>
    internal async Task RefreshAsync()
    {
        ClusterMember[] members = [.. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress))];
        foreach (SiloAddress gone in _others.Keys.Except(members.Select(member => member.SiloAddress)))
        {
            _others.TryRemove(gone, out _);
        }

        await Task.WhenAll(members.Select(AskAsync)).ConfigureAwait(false);
    }

    /// <summary>Lets the requests of other silos end before this one leaves the cluster.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await answers.DrainAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ReportInterval);
        await using IAsyncEnumerator<ClusterMembershipSnapshot> changes = membership.MembershipUpdates.GetAsyncEnumerator(stoppingToken);
        Task change = changes.MoveNextAsync().AsTask(), tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            await RefreshAsync().ConfigureAwait(false);
            Task next = await Task.WhenAny(change, tick).ConfigureAwait(false);
            change = next == change ? changes.MoveNextAsync().AsTask() : change;
            tick = next == tick ? timer.WaitForNextTickAsync(stoppingToken).AsTask() : tick;
        }
    }

    private ISiloGrain Grain(SiloAddress address) => grains.GetGrain<ISiloGrain>(address.ToParsableString());

    private bool IsHeard(SiloState silo) => silo == _self || TimeProvider.System.GetElapsedTime(silo.Reported) < options.Value.ReportInterval * (MissedReports + 1);

    private async Task<SiloReply?> AskAsync(SiloState silo, Func<ISiloGrain?, Task<bool>> ask, CancellationToken cancellation)
    {
        try
        {
            return new SiloReply(silo.Name, await ask(silo == _self ? null : Grain(silo.Address)).ConfigureAwait(false), null);
        }
        catch (Exception failure) when (IsLoss(failure) && !cancellation.IsCancellationRequested)
        {
            Forget(silo, failure);
            return null;
        }
        catch (PeftException problem)
        {
            return new SiloReply(silo.Name, false, problem);
        }
    }

    private async Task AskAsync(ClusterMember member)
    {
        try
        {
            SiloReport said = await Grain(member.SiloAddress).ReportAsync().WaitAsync(options.Value.ReportInterval * MissedReports).ConfigureAwait(false);
            bool isForeign = !said.HasTheBaseOf(_self.Report);
            if (!_others.TryGetValue(member.SiloAddress, out SiloState? silo))
            {
                silo = _others.GetOrAdd(member.SiloAddress, _ => new SiloState(member.SiloAddress, member.Name, said) { IsForeign = isForeign });
                if (isForeign)
                {
                    LogForeign(member.Name);
                }
                else
                {
                    LogJoined(member.Name, said.Personas.Count);
                }
            }

            silo.Update(said);
            silo.IsForeign = isForeign;
        }
        catch (Exception error)
        {
            // What it had to do with the silo is over before the cluster says so. If it is only slow, it is heard of again.
            if (_others.TryGetValue(member.SiloAddress, out SiloState? silo) && !IsHeard(silo))
            {
                Forget(silo, error);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The silo '{Name}' takes part, with {Personas} personas.")]
    private partial void LogJoined(string name, int personas);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo '{Name}' gets no requests until it answers again: {Reason}")]
    private partial void LogLost(string name, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo '{Name}' could not answer a request.")]
    private partial void LogFailed(string name, Exception reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo '{Name}' gets no requests, because its base model is another one. Give all silos of a cluster the same model directory and ModelName.")]
    private partial void LogForeign(string name);
}
