// expect: PEFT* at AdapterFusion
using Peft.Declarative;
using Peft.Declarative.Models;
[Bottleneck(reduction: 8, Name = "a")] [AdapterFusion("a", "a")]
public sealed partial class Persona : LlamaForCausalLM;
