// expect: PEFT111 at BiasTraining.All
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Bias = BiasTraining.All)] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
