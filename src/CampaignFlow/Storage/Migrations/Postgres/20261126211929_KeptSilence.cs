using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class KeptSilence : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_evaluation_record_campaign_id",
                table: "evaluation_record");

            migrationBuilder.AddColumn<byte[]>(
                name: "said",
                table: "evaluation_record",
                type: "bytea",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_evaluation_record_campaign_id_at",
                table: "evaluation_record",
                columns: new[] { "campaign_id", "at" });

            // Both are packed already: PostgreSQL need not try again.
            migrationBuilder.Sql(
                "alter table evaluation_record alter column said set storage external, alter column body set storage external");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_evaluation_record_campaign_id_at",
                table: "evaluation_record");

            migrationBuilder.DropColumn(
                name: "said",
                table: "evaluation_record");

            migrationBuilder.CreateIndex(
                name: "ix_evaluation_record_campaign_id",
                table: "evaluation_record",
                column: "campaign_id");
        }
    }
}
