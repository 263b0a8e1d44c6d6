using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Peft.Declarative.Serving;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Orleans.Silos;

/// <summary>This silo: what it serves and how much it has to do.</summary>
internal sealed class LocalSilo(
    PersonaStore store, TextEngine engine, IOptions<PeftServerOptions> options, IOptions<PeftClusterOptions> cluster, IHostApplicationLifetime lifetime)
{
    private readonly Lock _gate = new();
    private SiloReport? _last;
    private long _read;

    /// <summary>The report. Its numbers are those of this moment; the folder of adapters is read once in an interval, however many ask.</summary>
    internal SiloReport Report()
    {
        lock (_gate)
        {
            if (_last is null || TimeProvider.System.GetElapsedTime(_read) >= cluster.Value.ReportInterval / 2)
            {
                _last = Read();
                _read = TimeProvider.System.GetTimestamp();
            }

            return _last with { Load = engine.Load, Waiting = engine.Waiting, Stopping = lifetime.ApplicationStopping.IsCancellationRequested };
        }
    }

    /// <inheritdoc cref="ITextSource.LoadAsync"/>
    internal async Task LoadAsync(string name, CancellationToken cancellation)
    {
        await engine.LoadAsync(name, cancellation).ConfigureAwait(false);
        Renew();
    }

    /// <inheritdoc cref="ITextSource.UnloadAsync"/>
    internal async Task<bool> UnloadAsync(string name)
    {
        bool had = await engine.UnloadAsync(name).ConfigureAwait(false);
        Renew();
        return had;
    }

    private void Renew()
    {
        lock (_gate)
        {
            _last = null;
        }
    }

    private SiloReport Read() => new()
    {
        BaseName = store.BaseName,
        BaseHash = store.Model.Provenance.Base,
        TokenizerHash = store.Model.Provenance.Tokenizer,
        Personas = store.All.ToHashSet(StringComparer.Ordinal),
        Resident = store.Resident.ToHashSet(StringComparer.Ordinal),
        NotServed = store.Problems,
        Warnings = store.Warnings,
        Places = options.Value.MaxRows,
    };
}
