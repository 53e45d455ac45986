"""One example value per column of a package: shown in the data dictionary, never in a template."""

#: Values the reader accepts; a column where an example would mislead is left out.
EXAMPLES = {
    "facility_id": "QY0001", "facility_name": "某某水泥有限公司", "industry_code": "3011",
    "lon": "119.4251", "lat": "32.1877", "district_code": "321102", "status": "在产",
    "data_label": "真实数据", "year": "2020", "activity_code": "bituminous_coal 或 烟煤", "amount": "12.5",
    "amount_unit": "万t", "equipment_id": "1号锅炉", "ncv_gj_per_t": "20.9", "carbon_tc_per_gj": "0.0261",
    "oxidation_share": "0.98", "sulfur_share": "0.006", "ash_share": "0.2",
    "so2_removal_share": "0.95 或 95%", "nox_removal_share": "0.8", "pm_removal_share": "0.99",
    "source_category": "5", "spatial_proxy": "population", "sector_code": "industry",
    "fuel_code": "natural_gas 或 天然气", "scope_type": "city", "scope_code": "321100", "indicator": "gdp",
    "value": "4220.1", "unit": "亿元", "price_base": "current", "cited_from": "统计公报",
    "basis": "文件名与文号", "species": "SO2", "method": "cems", "pollutant": "PM2.5",
    "concentration_ug_per_m3": "38", "clause_id": "ZHCJ-001", "level": "overall", "dimension": "space",
    "clause_text": "禁止新建……", "industry_codes": "3011;4411", "measure_id": "M01", "name": "燃煤锅炉改气",
    "applies_to": "bituminous_coal", "start_year": "2023", "uptake_2025_share": "0.3",
    "uptake_2035_share": "0.8", "effects": '{"SO2": 0.9}', "energy_penalty_share": "0.01",
    "capex_cny": "1000000", "opex_cny_per_year": "50000", "lifetime_years": "15",
}  # fmt: skip
