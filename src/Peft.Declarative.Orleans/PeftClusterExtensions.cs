using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Peft.Declarative.Orleans;
using Peft.Declarative.Orleans.Answers;
using Peft.Declarative.Orleans.Silos;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative;

/// <summary>Makes a program that serves a model one of several that serve it together.</summary>
public static class PeftClusterExtensions
{
    private const string Clustering = "Orleans:Clustering";

    /// <summary>
    /// Makes the program a silo of Microsoft Orleans that answers together with the other silos of its cluster. Each persona is answered where it is in memory,
    /// and elsewhere when too many wait there. Everything else stays as it is: every silo answers for all personas.
    /// </summary>
    /// <remarks>
    /// The silos find each other as the section <c>Orleans</c> of the configuration says, which Orleans reads itself, or as <paramref name="configure"/> says.
    /// With neither, the cluster is this program on this machine, at the ports 11111 and 30000 of the loopback address. <see cref="PeftClusterOptions"/> are bound
    /// from the section <c>Peft:Cluster</c>.
    /// </remarks>
    /// <param name="builder">The builder of the program, after <see cref="PeftServingExtensions.AddPeft"/>.</param>
    /// <param name="configure">Configures the silo, instead of the section <c>Orleans:Clustering</c>.</param>
    /// <returns>The builder.</returns>
    /// <example>
    /// <code>
    /// var builder = WebApplication.CreateBuilder(args);
    /// builder.AddPeft(options =&gt; { options.Model = "models/llama-3.2-1b"; options.Adapters = "personas"; });
    /// builder.AddPeftCluster();
    /// WebApplication app = builder.Build();
    /// app.MapPeft();
    /// app.Run();
    /// </code>
    /// </example>
    public static IHostApplicationBuilder AddPeftCluster(this IHostApplicationBuilder builder, Action<ISiloBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        bool isLocal = configure is null && !builder.Configuration.GetSection(Clustering).Exists();
        builder.UseOrleans(silo =>
        {
            if (isLocal)
            {
                silo.UseLocalhostClustering();
            }

            silo.AddGrainDirectory(SiloDirectory.Name, (_, _) => new SiloDirectory());
            configure?.Invoke(silo);
        });

        IServiceCollection services = builder.Services;
        services.AddOptions<PeftClusterOptions>()
            .Bind(builder.Configuration.GetSection(PeftClusterOptions.Section))
            .ValidateDataAnnotations()
            .Validate(options => options.ReportInterval >= TimeSpan.FromMilliseconds(10), "ReportInterval must be at least 10 milliseconds.")
            .ValidateOnStart();
        services.AddPlacementDirector<SiloPlacement, SiloPlacementDirector>();
        services.AddSingleton<LocalSilo>();
        services.AddSingleton<LocalAnswers>();
        services.AddSingleton<SiloTable>();
        services.AddHostedService(provider => provider.GetRequiredService<SiloTable>());   // after the silo, so that it stops first
        services.RemoveAll<ITextSource>();
        services.AddSingleton<ITextSource, ClusterTexts>();
        return builder;
    }
}
